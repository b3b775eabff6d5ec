/** Asks before something is deleted, with the number of what goes; a large one must be typed. */
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { modals } from "@mantine/modals";
import i18next from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { textOf } from "./say";

const TYPED_FROM = 1000;

interface Question {
  title: string;
  text: string;
  confirm: string;
  /** How many records it is about. */
  count?: number;
  run: () => Promise<unknown>;
}

export function ask(question: Question): void {
  const id = modals.open({ title: question.title, children: <Ask question={question} close={() => modals.close(id)} /> });
}

export function askToDelete(count: number, run: () => Promise<unknown>): void {
  ask({
    title: i18next.t("delete.title"),
    text: i18next.t("delete.text", { count }),
    confirm: i18next.t("delete.yes"),
    count,
    run,
  });
}

function Ask({ question, close }: { question: Question; close: () => void }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState("");
  const [typed, setTyped] = useState("");
  const count = question.count ?? 0;
  const held = count >= TYPED_FROM && typed !== String(count);
  const run = async () => {
    setBusy(true);
    try {
      await question.run();
      close();
    } catch (error) {
      setFailed(textOf(error));
      setBusy(false);
    }
  };
  return (
    <Stack>
      <Text size="sm">{question.text}</Text>
      {count >= TYPED_FROM && (
        <TextInput
          label={t("delete.type", { count })}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          data-autofocus
        />
      )}
      {failed && (
        <Text size="sm" c="red" role="alert">
          {failed}
        </Text>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          {t("no")}
        </Button>
        <Button color="red" loading={busy} disabled={held} onClick={() => void run()} data-autofocus={count < TYPED_FROM}>
          {question.confirm}
        </Button>
      </Group>
    </Stack>
  );
}
