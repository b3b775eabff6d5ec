/** Takes a schema from a file: a new one, or over the one that the file names. */
import { Button, Checkbox, FileInput, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { schemas as noun } from "~/api/nouns";
import { keyOf } from "~/kit/ListPage";
import { sayDone, textOf } from "~/kit/say";
import { type Exported, imported } from "./exchange";
import { pathOf } from "./index";

export function Import({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [found, setFound] = useState<Exported | null>(null);
  const [isNew, setNew] = useState(true);
  const [name, setName] = useState("");
  const [failed, setFailed] = useState("");
  const [busy, setBusy] = useState(false);
  const read = async (file: File | null) => {
    setFound(null);
    setFailed("");
    if (!file) return;
    try {
      const one = imported(await file.text(), { noJson: t("flows.noJson"), noSchema: t("flows.noSchema") });
      setFound(one);
      setName(one.name || file.name.replace(/(-schema)?\.json$/i, ""));
      if (!one.id) setNew(true);
    } catch (error) {
      setFailed(textOf(error));
    }
  };
  const keep = async () => {
    if (!found) return;
    setBusy(true);
    try {
      const { id, tags, ...rest } = found;
      const body = { ...rest, name: name.trim(), tags: tags.map((tag) => ({ name: tag })) };
      const saved = isNew || !id ? await noun.create(body) : await noun.replace(id, body);
      await client.invalidateQueries({ queryKey: keyOf(noun) });
      sayDone(t("record.saved", { name: saved.name ?? "" }));
      onClose();
      void navigate({ to: pathOf(saved) });
    } catch (error) {
      setFailed(textOf(error));
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={t("flows.importTitle")}>
      <Stack>
        <FileInput label={t("flows.file")} placeholder={t("flows.chooseFile")} accept=".json,application/json" required onChange={(file) => void read(file)} data-autofocus />
        <Checkbox label={t("flows.createNew")} description={t("flows.createNewHint")} checked={isNew} disabled={!found?.id} onChange={(event) => setNew(event.currentTarget.checked)} />
        <TextInput label={t("name")} required value={name} onChange={(event) => setName(event.currentTarget.value)} />
        {failed && (
          <Text size="sm" c="red" role="alert">
            {failed}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("record.close")}
          </Button>
          <Button disabled={!found || !name.trim()} loading={busy} onClick={() => void keep()}>
            {t("list.add")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
