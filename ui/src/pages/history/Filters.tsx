/** The filters of the call history: days first, the rest as one needs them. */
import { Group, MultiSelect, NumberInput, Select, Switch, TagsInput, TextInput } from "@mantine/core";
import { DatePickerInput } from "@mantine/dates";
import { useTranslation } from "react-i18next";
import type { Query } from "~/api/http";
import { queues } from "~/api/nouns";
import { Lookup } from "~/kit/Lookup";
import type { ListState } from "~/kit/useListState";

type Chosen = ListState["filters"];
type Period = "today" | "week" | "month" | "custom";
const PERIODS: Period[] = ["today", "week", "month", "custom"];
const CAUSES = [
  "NORMAL_CLEARING", "USER_BUSY", "NO_ANSWER", "CALL_REJECTED", "NO_USER_RESPONSE", "UNALLOCATED_NUMBER", "INVALID_NUMBER_FORMAT",
  "NORMAL_TEMPORARY_FAILURE", "NETWORK_OUT_OF_ORDER", "SUBSCRIBER_ABSENT", "ORIGINATOR_CANCEL", "MEDIA_TIMEOUT", "CRASH",
];
const DAY_MS = 86_400_000;

/** From midnight to midnight, where the viewer is. */
export function spanOf(filters: Chosen, now = new Date()): { from: number; to: number } {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  const to = midnight.getTime() + DAY_MS - 1;
  switch (filters["period"]) {
    case "week":
      return { from: midnight.getTime() - ((midnight.getDay() + 6) % 7) * DAY_MS, to };
    case "month":
      return { from: new Date(now.getFullYear(), now.getMonth(), 1).getTime(), to };
    case "custom":
      return { from: Number(filters["from"] ?? midnight.getTime()), to: Number(filters["to"] ?? to) };
    default:
      return { from: midnight.getTime(), to };
  }
}

export function queryOf(filters: Chosen): Query {
  const { from, to } = spanOf(filters);
  return {
    "created_at.from": from,
    "created_at.to": to,
    queue_id: filters["queue"],
    cause: filters["cause"],
    result: filters["result"],
    number: filters["number"],
    "talk.from": filters["talk"] ? Number(filters["talk"]) : undefined,
    has_file: filters["recorded"] ? true : undefined,
    skip_parent: true,
  };
}

export function Filters({ filters, change }: { filters: Chosen; change: (filters: Chosen) => void }) {
  const { t } = useTranslation();
  const set = (name: string, value: string | string[] | null | undefined) => {
    const { [name]: _, ...rest } = filters;
    change(value && value.length ? { ...rest, [name]: value } : rest);
  };
  const many = (name: string) => [filters[name] ?? []].flat();
  const span = spanOf(filters);
  return (
    <Group gap="xs" mb="sm" align="end">
      <Select w={150} label={t("history.period")} data={PERIODS.map((value) => ({ value, label: t(`history.periods.${value}`) }))} allowDeselect={false} value={String(filters["period"] ?? "today")} onChange={(value) => set("period", value === "today" ? null : value)} />
      {filters["period"] === "custom" && (
        <DatePickerInput
          type="range"
          w={250}
          label={t("history.days")}
          value={[new Date(span.from), new Date(span.to)]}
          onChange={([from, to]) => {
            if (from && to) change({ ...filters, from: String(new Date(from).getTime()), to: String(new Date(to).getTime() + DAY_MS - 1) });
          }}
        />
      )}
      <div style={{ width: 190 }}>
        <Lookup noun={queues} label={t("history.queue")} value={filters["queue"] ? { id: String(filters["queue"]), name: String(filters["queueName"] ?? filters["queue"]) } : {}} onChange={(value) => {
          const { queue: _, queueName: __, ...rest } = filters;
          change(value.id ? { ...rest, queue: value.id, queueName: value.name ?? "" } : rest);
        }} />
      </div>
      <TagsInput w={230} label={t("history.cause")} data={CAUSES} value={many("cause")} onChange={(value) => set("cause", value)} clearable />
      <MultiSelect w={180} label={t("history.result")} data={["success", "abandoned", "failed", "cancel"].map((value) => ({ value, label: t(`results.${value}`) }))} value={many("result")} onChange={(value) => set("result", value)} clearable />
      <TextInput w={150} label={t("history.number")} defaultValue={String(filters["number"] ?? "")} onBlur={(event) => set("number", event.currentTarget.value.trim())} onKeyDown={(event) => event.key === "Enter" && set("number", event.currentTarget.value.trim())} />
      <NumberInput w={130} label={t("history.talkFrom")} min={0} suffix=" s" value={filters["talk"] ? Number(filters["talk"]) : ""} onChange={(value) => set("talk", value ? String(value) : null)} />
      <Switch mb={8} label={t("history.recorded")} checked={Boolean(filters["recorded"])} onChange={(event) => set("recorded", event.currentTarget.checked ? "yes" : null)} />
    </Group>
  );
}
