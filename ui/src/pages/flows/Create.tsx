/** Asks how a new flow is edited, of which type it is, and what it starts from. */
import { Button, Group, Modal, Select, SimpleGrid, Stack, Text, UnstyledButton } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { Braces, Waypoints } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { TYPE_NAMES, TYPES } from "./exchange";
import classes from "./flows.module.css";
import { templates } from "./templates";

export function Create({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [editor, setEditor] = useState<"diagram" | "code">("diagram");
  const [type, setType] = useState("voice");
  const [template, setTemplate] = useState("");
  const cards = [{ key: "diagram", icon: Waypoints }, { key: "code", icon: Braces }] as const;
  const create = () => {
    onClose();
    const search = { editor, type, ...(template ? { template } : {}) };
    void navigate({ to: editor === "diagram" ? `/flow/new/${type}` : "/routing/flow/new/general", search: search as never });
  };
  return (
    <Modal opened={opened} onClose={onClose} title={t("flows.create")} size="lg">
      <Stack>
        <SimpleGrid cols={{ base: 1, xs: 2 }} role="radiogroup" aria-label={t("flows.editor")}>
          {cards.map(({ key, icon: Icon }) => (
            <UnstyledButton key={key} role="radio" aria-checked={editor === key} className={classes["card"]} onClick={() => setEditor(key)}>
              <Icon size={30} aria-hidden />
              <Text fw={600}>{t(`flows.${key}`)}</Text>
              <Text size="sm" c="dimmed">
                {t(`flows.${key}Hint`)}
              </Text>
            </UnstyledButton>
          ))}
        </SimpleGrid>
        <Select
          label={t("flows.type")}
          allowDeselect={false}
          data={TYPES.filter((one) => one !== "default").map((one) => ({ value: one, label: t(`flows.types.${TYPE_NAMES[one]}`) }))}
          value={type}
          onChange={(value) => {
            setType(value ?? "voice");
            setTemplate("");
          }}
        />
        <Select
          label={t("flows.template")}
          allowDeselect={false}
          data={[
            { value: "", label: t("flows.templates.none") },
            ...templates.filter((one) => one.type === type).map((one) => ({ value: one.key, label: t(`flows.templates.${one.key}`) })),
          ]}
          value={template}
          onChange={(value) => setTemplate(value ?? "")}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("record.close")}
          </Button>
          <Button onClick={create}>{t("flows.createYes")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
