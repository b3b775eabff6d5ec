/** Rules of single fields; the service holds the same ones, these only say so earlier. */
import i18next from "i18next";
import type { Link } from "~/api/noun";

export const required = (value: string) => (value.trim() ? null : i18next.t("rules.required"));
export const chosen = (value: Link | undefined) => (value?.id ? null : i18next.t("rules.required"));
export const chosenText = (value: string | null) => (value ? null : i18next.t("rules.required"));
export const between = (low: number, high: number) => (value: number | string) =>
  value === "" || Number(value) < low || Number(value) > high ? i18next.t("rules.between", { low, high }) : null;
export const longerThan = (least: number) => (value: string) =>
  value.trim().length > least ? null : i18next.t("rules.longerThan", { least });

const HOST = /^(sips?:)?([A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?(:\d{1,5})?$/;
const ACCOUNT = /^(sips?:)?[^\s@<>"]+@[A-Za-z0-9.-]+(:\d{1,5})?$/;
export const host = (value: string) => (HOST.test(value.trim()) ? null : i18next.t("rules.host"));
export const account = (value: string) => (ACCOUNT.test(value.trim()) ? null : i18next.t("rules.account"));

/** Only what is wrong, as forms want it. */
export function wrong(found: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== null));
}
