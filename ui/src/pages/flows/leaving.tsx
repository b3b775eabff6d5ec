/** Nothing that was drawn or written is lost: on the way out, and when saving fails. */
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import { textOf } from "~/kit/say";

interface Leave {
  dialog: ReactNode;
  /** Goes on without a question, after a save. */
  pass: (go: () => void) => void;
}

export function useLeave(dirty: boolean, name: string, save: () => Promise<boolean>): Leave {
  const { t } = useTranslation();
  const free = useRef(false);
  const blocker = useBlocker({ shouldBlockFn: () => dirty && !free.current, enableBeforeUnload: () => dirty, withResolver: true });
  const asked = blocker.status === "blocked";
  const dialog = (
    <Modal opened={asked} onClose={() => blocker.reset?.()} title={t("flows.leaveTitle")}>
      <Stack>
        <Text size="sm">{t("flows.leaveText", { name: name || t("flows.new") })}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => blocker.reset?.()}>
            {t("flows.cancel")}
          </Button>
          <Button variant="default" onClick={() => blocker.proceed?.()}>
            {t("flows.leaveNo")}
          </Button>
          <Button onClick={() => void save().then((done) => (done ? blocker.proceed?.() : blocker.reset?.()))} data-autofocus>
            {t("record.save")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
  const pass = (go: () => void) => {
    free.current = true;
    go();
    setTimeout(() => (free.current = false));
  };
  return { dialog, pass };
}

export function SaveFailed(props: { error: unknown; onRetry: () => void; onExport: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={props.error !== null} onClose={props.onClose} title={t("flows.saveFailed")}>
      <Stack>
        <Text size="sm" role="alert">
          {props.error !== null && textOf(props.error)}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onClose}>
            {t("record.close")}
          </Button>
          <Button variant="default" onClick={props.onExport}>
            {t("flows.exportJson")}
          </Button>
          <Button onClick={props.onRetry} data-autofocus>
            {t("again")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
