/** Days that are not as their weekday: closed, or open at other hours. */
import { Group, Switch, TextInput } from "@mantine/core";
import { DatePickerInput } from "@mantine/dates";
import { useTranslation } from "react-i18next";
import { ClockInput } from "~/kit/Fields";
import { replaced, RowsInput, type RowsField } from "~/kit/RowsInput";
import { clockOf } from "~/kit/times";

export interface Holiday {
  name: string;
  /** Epoch milliseconds within the day. */
  date: number;
  repeat: boolean;
  disabled: boolean;
  working: boolean;
  work_start: number;
  work_stop: number;
}

function blank(): Holiday {
  return { name: "", date: noonOf(new Date()), repeat: true, disabled: false, working: false, work_start: 540, work_stop: 1200 };
}

/** Noon is the same day in every time zone that a calendar may have. */
function noonOf(day: Date): number {
  return Date.UTC(day.getFullYear(), day.getMonth(), day.getDate(), 12);
}

export function Holidays({ value = [], onChange, error }: RowsField<Holiday>) {
  const { t, i18n } = useTranslation();
  const day = new Intl.DateTimeFormat(i18n.language, { dateStyle: "long", timeZone: "UTC" });
  return (
    <RowsInput
      value={value}
      {...(onChange && { onChange })}
      error={error}
      columns={[
        { key: "name", title: t("name"), render: (one) => one.name },
        { key: "date", title: t("calendars.date"), render: (one) => day.format(one.date) },
        { key: "hours", title: t("calendars.hours"), render: (one) => (one.working ? `${clockOf(one.work_start)}–${clockOf(one.work_stop)}` : t("calendars.closed")) },
        {
          key: "repeat",
          title: t("calendars.repeat"),
          render: (one, at) => (
            <Switch aria-label={`${one.name}, ${t("calendars.repeat")}`} checked={one.repeat} onChange={(event) => onChange?.(replaced(value, at, { ...one, repeat: event.currentTarget.checked }))} />
          ),
        },
      ]}
      nameOf={(one) => one.name}
      blank={blank}
      addLabel={t("calendars.addHoliday")}
      dialogTitle={t("calendars.holiday")}
      empty={t("calendars.noHolidays")}
      fields={(one, set) => <HolidayFields one={one} set={set} />}
      complete={(one) => one.name.trim() !== "" && !isBackwards(one)}
    />
  );
}

function isBackwards(one: Holiday): boolean {
  return one.working && one.work_stop <= one.work_start;
}

function HolidayFields({ one, set }: { one: Holiday; set: (change: Partial<Holiday>) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput label={t("name")} required data-autofocus value={one.name} onChange={(event) => set({ name: event.currentTarget.value })} />
      <DatePickerInput label={t("calendars.date")} value={new Date(one.date)} onChange={(day) => day && set({ date: noonOf(new Date(day)) })} />
      <Switch label={t("calendars.repeat")} checked={one.repeat} onChange={(event) => set({ repeat: event.currentTarget.checked })} />
      <Switch label={t("calendars.shortDay")} checked={one.working} onChange={(event) => set({ working: event.currentTarget.checked })} />
      {one.working && (
        <Group grow align="start">
          <ClockInput label={t("calendars.from")} value={one.work_start} onChange={(minutes) => set({ work_start: minutes })} />
          <ClockInput label={t("calendars.to")} value={one.work_stop} onChange={(minutes) => set({ work_stop: minutes })} error={isBackwards(one) ? t("calendars.backwards") : undefined} />
        </Group>
      )}
    </>
  );
}
