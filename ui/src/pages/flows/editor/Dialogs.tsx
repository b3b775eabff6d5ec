/** Small questions of the editor. */
import { Button, Group, Kbd, Modal, Stack, Table, TagsInput, Text, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Row } from "./index";

interface Settings {
  opened: boolean;
  title: string;
  name: string;
  tags: string[];
  busy: boolean;
  onClose: () => void;
  onSave: (to: { name: string; tags: string[]; note: string }) => void;
}

export function FlowSettings({ opened, title, name, tags, busy, onClose, onSave }: Settings) {
  const { t } = useTranslation();
  const [values, setValues] = useState({ name, tags, note: "" });
  const [missing, setMissing] = useState(false);
  useEffect(() => {
    if (opened) setValues({ name, tags, note: "" });
    setMissing(false);
    // What is typed stays while it is open.
    // eslint-disable-next-line
  }, [opened]);
  const submit = () => (values.name.trim() ? onSave(values) : setMissing(true));
  return (
    <Modal opened={opened} onClose={onClose} title={title}>
      <Stack component="form" onSubmit={(event) => { event.preventDefault(); submit(); }}>
        <TextInput
          label={t("name")}
          description={name ? undefined : t("flows.needsName")}
          required
          data-autofocus
          value={values.name}
          error={missing && t("rules.required")}
          onChange={(event) => setValues({ ...values, name: event.currentTarget.value })}
        />
        <TagsInput label={t("flows.tags")} value={values.tags} onChange={(next) => setValues({ ...values, tags: next })} />
        <TextInput label={t("flows.noteOfVersion")} value={values.note} onChange={(event) => setValues({ ...values, note: event.currentTarget.value })} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("record.close")}
          </Button>
          <Button type="submit" loading={busy}>
            {t("record.save")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

const KEYS: [string, string][] = [
  ["add", "/"], ["undo", "Ctrl Z"], ["redo", "Ctrl Shift Z"], ["copy", "Ctrl C, X, V"], ["duplicate", "Ctrl D"], ["remove", "Delete"], ["all", "Ctrl A"],
  ["move", "← ↑ → ↓"], ["walk", "Alt ← →"], ["find", "Ctrl F"], ["save", "Ctrl S"], ["help", "?"],
];

export function Shortcuts({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t("flows.shortcuts")}>
      <Table>
        <Table.Tbody>
          {KEYS.map(([key, keys]) => (
            <Table.Tr key={key}>
              <Table.Td>{t(`flows.keys.${key}`)}</Table.Td>
              <Table.Td ta="right">
                <Kbd>{keys}</Kbd>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}

/** Two people edit one flow: nobody's work is written over without a question. */
export function Changed({ theirs, onClose, onMine, onTheirs }: { theirs: Row | null; onClose: () => void; onMine: () => void; onTheirs: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={theirs !== null} onClose={onClose} title={t("flows.changed.title")}>
      <Stack>
        <Text size="sm">{t("flows.changed.text")}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("flows.cancel")}
          </Button>
          <Button variant="default" onClick={onTheirs}>
            {t("flows.changed.theirs")}
          </Button>
          <Button onClick={onMine}>{t("flows.changed.mine")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
