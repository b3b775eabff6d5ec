/** One member: who it is, where to ring, what the flow should know. */
import { ActionIcon, Alert, Button, Group, Modal, NumberInput, Stack, Table, TextInput } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import { useParams } from "@tanstack/react-router";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Link, Row } from "~/api/noun";
import { communicationTypes, membersOf, resources } from "~/api/nouns";
import { wrong } from "~/kit/checks";
import { Columns, KeyValues } from "~/kit/Fields";
import { Lookup } from "~/kit/Lookup";
import { RecordPage, type Tab } from "~/kit/RecordPage";
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
  const { queue = "", id = "new", tab } = useParams({ strict: false });
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
      id={id}
      tab={tab}
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

function Numbers({ value = [], onChange, error }: { value?: Number_[]; onChange?: (value: Number_[]) => void; error?: ReactNode }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<{ at: number; one: Number_ } | null>(null);
  const keep = (one: Number_) => {
    const at = open?.at ?? value.length;
    onChange?.(at < value.length ? value.map((other, place) => (place === at ? one : other)) : [...value, one]);
    setOpen(null);
  };
  return (
    <Stack maw={820} gap="sm">
      {error && (
        <Alert color="red" role="alert">
          {error}
        </Alert>
      )}
      <Button w="fit-content" variant="light" leftSection={<Plus size={16} />} onClick={() => setOpen({ at: value.length, one: BLANK_NUMBER })}>
        {t("members.addNumber")}
      </Button>
      {value.length > 0 && (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("history.destination")}</Table.Th>
              <Table.Th>{t("groups.communication")}</Table.Th>
              <Table.Th>{t("queues.priority")}</Table.Th>
              <Table.Th aria-label={t("list.actions")} />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {value.map((one, at) => (
              <Table.Tr key={at}>
                <Table.Td>{one.destination}</Table.Td>
                <Table.Td>{one.type.name}</Table.Td>
                <Table.Td>{one.priority}</Table.Td>
                <Table.Td ta="right">
                  <ActionIcon aria-label={t("list.editNamed", { name: one.destination })} onClick={() => setOpen({ at, one })}>
                    <Pencil size={16} />
                  </ActionIcon>
                  <ActionIcon aria-label={t("list.deleteNamed", { name: one.destination })} onClick={() => onChange?.(value.filter((_, place) => place !== at))}>
                    <Trash2 size={16} />
                  </ActionIcon>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Modal opened={open !== null} onClose={() => setOpen(null)} title={t("members.number")}>
        {open && <NumberForm key={open.at} start={open.one} onKeep={keep} onClose={() => setOpen(null)} />}
      </Modal>
    </Stack>
  );
}

const DTMF = /^[0-9*#A-DwW|]*$/;

function NumberForm({ start, onKeep, onClose }: { start: Number_; onKeep: (one: Number_) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [one, setOne] = useState(start);
  const set = (change: Partial<Number_>) => setOne({ ...one, ...change });
  const noDigits = one.destination !== "" && !/\d/.test(one.destination);
  const badKeys = !DTMF.test(one.dtmf);
  return (
    <Stack>
      <TextInput label={t("history.destination")} required data-autofocus value={one.destination} error={noDigits ? t("members.noDigits") : undefined} onChange={(event) => set({ destination: event.currentTarget.value })} />
      <Lookup noun={communicationTypes} label={t("groups.communication")} required value={one.type} onChange={(type) => set({ type })} />
      <Lookup noun={resources} label={t("groups.resource")} description={t("members.resourceHint")} value={one.resource} onChange={(resource) => set({ resource })} />
      <TextInput label={t("members.display")} description={t("members.displayHint")} value={one.display} onChange={(event) => set({ display: event.currentTarget.value })} />
      <TextInput label="DTMF" description={t("members.dtmfHint")} error={badKeys ? t("members.badKeys") : undefined} value={one.dtmf} onChange={(event) => set({ dtmf: event.currentTarget.value })} />
      <NumberInput label={t("queues.priority")} value={one.priority} onChange={(priority) => set({ priority: Number(priority) || 0 })} />
      <TextInput label={t("description")} value={one.description} onChange={(event) => set({ description: event.currentTarget.value })} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t("record.close")}
        </Button>
        <Button disabled={!/\d/.test(one.destination) || !one.type.id || badKeys} onClick={() => onKeep(one)}>
          {t("list.add")}
        </Button>
      </Group>
    </Stack>
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
