/** Short messages at the corner, and the texts of errors. */
import { notifications } from "@mantine/notifications";
import i18next from "i18next";
import { ApiError, OFFLINE } from "~/api/http";

export function textOf(error: unknown): string {
  if (error instanceof ApiError) return error.id === OFFLINE ? i18next.t("errors.offline") : error.detail;
  return error instanceof Error ? error.message : String(error);
}

export function sayDone(message: string): void {
  notifications.show({ message, color: "green", autoClose: 3500 });
}

export function sayFailed(error: unknown, title?: string): void {
  const known = error instanceof ApiError && error.id === OFFLINE ? { id: OFFLINE } : {};
  notifications.show({ ...known, title, message: textOf(error), color: "red", autoClose: 9000 });
}
