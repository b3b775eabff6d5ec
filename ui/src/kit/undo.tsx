/** After a deletion: half a minute to take it back. */
import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import i18next from "i18next";
import { sayDone, sayFailed } from "./say";

const LASTS_MS = 28_000;

export function offerUndo(count: number, undo: () => Promise<unknown>): void {
  const id = `undo-${Date.now()}`;
  const take = () => {
    notifications.hide(id);
    undo().then(() => sayDone(i18next.t("undo.done", { count })), sayFailed);
  };
  notifications.show({
    id,
    autoClose: LASTS_MS,
    color: "gray",
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{i18next.t("undo.deleted", { count })}</Text>
        <Button size="compact-sm" variant="light" onClick={take}>
          {i18next.t("undo.undo")}
        </Button>
      </Group>
    ),
  });
}
