/** One member: who it is, where to ring, what the flow should know. */
import { NumberInput, TextInput } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Link, Row } from "~/api/noun";
import { communicationTypes, membersOf, resources } from "~/api/nouns";
import { wrong } from "~/kit/checks";
import { Columns, KeyValues } from "~/kit/Fields";
import { Lookup } from "~/kit/Lookup";
import { RecordPage, type Tab } from "~/kit/RecordPage";
import { RowsInput, type RowsField } from "~/kit/RowsInput";
import { ZoneLookup } from "~/pages/calendars/ZoneLookup";
import { membersPath, useQueueName } from "./index";

interface Number_ {
  destination: string;
  type: Link;
  resource: Link;
  display: string;
  dtmf: string;
  priority: number;
  description: string;
}

interface Values {
  name: string;
  priority: number;
  expire_at: number | null;
  timezone: Link;
  communications: Number_[];
  variables: Record<string, string>;
  stop_cause: string;
}

const WEEK_MS = 7 * 86_400_000;
const BLANK_NUMBER: Number_ = { destination: "", type: {}, resource: {}, display: "", dtmf: "", priority: 0, description: "" };

export function Member() {
  const { queue = "" } = useParams({ strict: false });
  const { t } = useTranslation();
  const [blank] = useState<Values>(() => ({ name: "", priority: 0, expire_at: Date.now() + WEEK_MS, timezone: {}, communications: [], variables: {}, stop_cause: "" }));
  const name = useQueueName(queue);
  const tabs: Tab<Values>[] = [
    {
      key: "general",
      title: t("record.general"),
      render: (form) => (
        <Columns>
          <TextInput label={t("name")} {...form.getInputProps("name")} />
          <NumberInput label={t("queues.priority")} description={t("queues.priorityHint")} {...form.getInputProps("priority")} />
          <DateTimePicker
            clearable
            label={t("members.expire")}
            description={t("members.expireHint")}
            value={form.getValues().expire_at ? new Date(form.getValues().expire_at ?? 0) : null}
            onChange={(value) => form.setFieldValue("expire_at", value ? new Date(value).getTime() : null)}
            error={form.errors["expire_at"]}
          />
          <ZoneLookup label={t("calendars.timezone")} {...form.getInputProps("timezone")} />
        </Columns>
      ),
    },
    { key: "numbers", title: t("nav.communications"), render: (form) => <Numbers {...form.getInputProps("communications")} /> },
    {
      key: "variables",
      title: t("queues.variables"),
      render: (form) => <KeyValues label={t("queues.variables")} hint={t("members.variablesHint")} value={form.getValues().variables} onChange={(value) => form.setFieldValue("variables", value)} />,
    },
  ];
  return (
    <RecordPage
      noun={membersOf(queue)}
      listPath={membersPath(queue)}
      listTitle={`${name}: ${t("members.all")}`}
      newTitle={t("members.new")}
      blank={blank}
      toForm={toForm}
      toBody={(values) => ({ ...values, expire_at: values.expire_at ?? 0 })}
      check={(values) => wrong({ communications: values.communications.length ? null : t("members.needsNumber") })}
      tabs={tabs}
    />
  );
}

function Numbers(field: RowsField<Number_>) {
  const { t } = useTranslation();
  return (
    <RowsInput
      {...field}
      columns={[
        { key: "destination", title: t("history.destination"), render: (one) => one.destination },
        { key: "type", title: t("groups.communication"), render: (one) => one.type.name },
        { key: "priority", title: t("queues.priority"), render: (one) => one.priority },
      ]}
      nameOf={(one) => one.destination}
      blank={() => BLANK_NUMBER}
      addLabel={t("members.addNumber")}
      dialogTitle={t("members.number")}
      fields={(one, set) => <NumberFields one={one} set={set} />}
      complete={(one) => /\d/.test(one.destination) && Boolean(one.type.id) && DTMF.test(one.dtmf)}
    />
  );
}

const DTMF = /^[0-9*#A-DwW|]*$/;

function NumberFields({ one, set }: { one: Number_; set: (change: Partial<Number_>) => void }) {
  const { t } = useTranslation();
  const noDigits = one.destination !== "" && !/\d/.test(one.destination);
  const badKeys = !DTMF.test(one.dtmf);
  return (
    <>
      <TextInput label={t("history.destination")} required data-autofocus value={one.destination} error={noDigits ? t("members.noDigits") : undefined} onChange={(event) => set({ destination: event.currentTarget.value })} />
      <Lookup noun={communicationTypes} label={t("groups.communication")} required value={one.type} onChange={(type) => set({ type })} />
      <Lookup noun={resources} label={t("groups.resource")} description={t("members.resourceHint")} value={one.resource} onChange={(resource) => set({ resource })} />
      <TextInput label={t("members.display")} description={t("members.displayHint")} value={one.display} onChange={(event) => set({ display: event.currentTarget.value })} />
      <TextInput label="DTMF" description={t("members.dtmfHint")} error={badKeys ? t("members.badKeys") : undefined} value={one.dtmf} onChange={(event) => set({ dtmf: event.currentTarget.value })} />
      <NumberInput label={t("queues.priority")} value={one.priority} onChange={(priority) => set({ priority: Number(priority) || 0 })} />
      <TextInput label={t("description")} value={one.description} onChange={(event) => set({ description: event.currentTarget.value })} />
    </>
  );
}

function toForm(row: Row<"/call_center/queues/{parent}/members">): Values {
  return {
    name: row.name ?? "",
    priority: row.priority ?? 0,
    expire_at: row.expire_at ? Number(row.expire_at) : null,
    timezone: row.timezone ?? {},
    communications: (row.communications ?? []).map((one) => ({
      ...one,
      destination: one.destination ?? "",
      type: one.type ?? {},
      resource: one.resource ?? {},
      display: one.display ?? "",
      dtmf: one.dtmf ?? "",
      priority: one.priority ?? 0,
      description: one.description ?? "",
    })),
    variables: row.variables ?? {},
    stop_cause: row.stop_cause ?? "",
  };
}
