/** Calendars: when people may be rung. */
import { Textarea, TextInput } from "@mantine/core";
import { CalendarClock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { calendars as noun } from "~/api/nouns";
import type { Link, Row } from "~/api/noun";
import { chosen, longerThan, wrong } from "~/kit/checks";
import { Columns } from "~/kit/Fields";
import { ListPage, nameColumn } from "~/kit/ListPage";
import { RecordPage, type Tab } from "~/kit/RecordPage";
import { Holidays, type Holiday } from "./Holidays";
import { Validity } from "./Validity";
import { defaultWeek, type Hours, overlaps, Week } from "./Week";
import { ZoneLookup } from "./ZoneLookup";

const PATH = "/lookups/calendars";

export function CalendarList() {
  const { t } = useTranslation();
  return (
    <ListPage
      title={t("calendars.all")}
      icon={CalendarClock}
      noun={noun}
      fields={["id", "name", "description", "timezone"]}
      columns={[
        nameColumn(t("name"), PATH),
        { key: "timezone", title: t("calendars.timezone"), render: (row) => row.timezone?.name },
        { key: "description", title: t("description"), render: (row) => row.description },
      ]}
      path={PATH}
      emptyText={t("calendars.empty")}
    />
  );
}

export interface Values {
  name: string;
  timezone: Link;
  description: string;
  start_at: number | null;
  end_at: number | null;
  accepts: Hours[];
  excepts: Holiday[];
}

export function Calendar() {
  const { t } = useTranslation();
  const tabs: Tab<Values>[] = [
    {
      key: "general",
      title: t("record.general"),
      render: (form) => (
        <Columns>
          <TextInput label={t("name")} required {...form.getInputProps("name")} />
          <ZoneLookup label={t("calendars.timezone")} required {...form.getInputProps("timezone")} />
          <Textarea label={t("description")} autosize minRows={2} {...form.getInputProps("description")} />
          <Validity form={form} />
        </Columns>
      ),
    },
    { key: "week", title: t("calendars.week"), render: (form) => <Week {...form.getInputProps("accepts")} /> },
    { key: "holidays", title: t("calendars.holidays"), render: (form) => <Holidays {...form.getInputProps("excepts")} /> },
  ];
  return (
    <RecordPage
      noun={noun}
      listPath={PATH}
      listTitle={t("nav.calendars")}
      newTitle={t("calendars.new")}
      blank={{ name: "", timezone: {}, description: "", start_at: null, end_at: null, accepts: defaultWeek(), excepts: [] }}
      toForm={toForm}
      check={(values) =>
        wrong({
          name: longerThan(3)(values.name),
          timezone: chosen(values.timezone),
          accepts: overlaps(values.accepts) ? t("calendars.overlap") : null,
        })
      }
      tabs={tabs}
    />
  );
}

function toForm(row: Row<"/calendars">): Values {
  return {
    name: row.name ?? "",
    timezone: row.timezone ?? {},
    description: row.description ?? "",
    start_at: row.start_at ? Number(row.start_at) : null,
    end_at: row.end_at ? Number(row.end_at) : null,
    accepts: (row.accepts ?? []).map((one) => ({
      day: one.day ?? 0,
      disabled: one.disabled ?? false,
      start_time_of_day: one.start_time_of_day ?? 0,
      end_time_of_day: one.end_time_of_day ?? 0,
    })),
    excepts: (row.excepts ?? []).map((one) => ({
      name: one.name ?? "",
      date: Number(one.date ?? 0),
      repeat: one.repeat ?? false,
      disabled: one.disabled ?? false,
      working: one.working ?? false,
      work_start: one.work_start ?? 0,
      work_stop: one.work_stop ?? 0,
    })),
  };
}
