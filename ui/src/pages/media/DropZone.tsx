/** Files are dropped here, or chosen; each shows how far it is, and why it was refused. */
import { ActionIcon, Group, Paper, Progress, Stack, Text, UnstyledButton } from "@mantine/core";
import { CircleCheck, TriangleAlert, UploadCloud, X } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { textOf } from "~/kit/say";
import classes from "./media.module.css";
import { upload, whyRefused } from "./upload";

interface Sending {
  id: number;
  name: string;
  part: number;
  failed: string;
  done: boolean;
}

let last = 0;

export function DropZone({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [files, setFiles] = useState<Sending[]>([]);
  const set = (id: number, change: Partial<Sending>) => setFiles((all) => all.map((one) => (one.id === id ? { ...one, ...change } : one)));

  const send = async (file: File) => {
    const id = (last += 1);
    const why = whyRefused(file);
    setFiles((all) => [...all, { id, name: file.name, part: 0, failed: why ? t(`media.refused.${why}`) : "", done: false }]);
    if (why) return;
    try {
      await upload(file, (part) => set(id, { part }), new AbortController().signal);
      set(id, { part: 1, done: true });
      onDone();
      setTimeout(() => setFiles((all) => all.filter((one) => one.id !== id)), 4000);
    } catch (error) {
      set(id, { failed: textOf(error) });
    }
  };
  const take = (list: FileList | null) => void Promise.all([...(list ?? [])].map(send));
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  return (
    <Stack gap="xs" mb="md">
      <UnstyledButton
        className={classes["zone"]}
        data-over={over || undefined}
        onClick={() => input.current?.click()}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <UploadCloud size={26} aria-hidden />
        <Text fw={550}>{t("media.drop")}</Text>
        <Text size="xs" c="dimmed">
          {t("media.dropHint")}
        </Text>
      </UnstyledButton>
      <input
        ref={input}
        type="file"
        accept=".wav,.mp3,audio/wav,audio/mpeg"
        multiple
        hidden
        aria-label={t("media.choose")}
        onChange={(event) => {
          take(event.currentTarget.files);
          event.currentTarget.value = "";
        }}
      />
      {files.map((file) => (
        <Paper key={file.id} withBorder px="sm" py={6} role="status">
          <Group gap="sm" wrap="nowrap">
            {file.failed ? <TriangleAlert size={17} className={classes["bad"]} /> : file.done ? <CircleCheck size={17} className={classes["good"]} /> : null}
            <Text size="sm" truncate maw={320}>
              {file.name}
            </Text>
            {file.failed ? (
              <Text size="sm" c="red" flex={1}>
                {file.failed}
              </Text>
            ) : (
              <Progress value={file.part * 100} flex={1} animated={!file.done} aria-label={t("media.progress", { name: file.name })} />
            )}
            {file.failed && (
              <ActionIcon aria-label={t("media.dismiss", { name: file.name })} onClick={() => setFiles((all) => all.filter((one) => one.id !== file.id))}>
                <X size={16} />
              </ActionIcon>
            )}
          </Group>
        </Paper>
      ))}
    </Stack>
  );
}
