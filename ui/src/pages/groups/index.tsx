/** Resource groups: which resources dial a kind of number, and at what time of the day. */
import { ActionIcon, Button, Group, NumberInput, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { Layers, Plus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Link, Row } from "~/api/noun";
import { communicationTypes, groupMembersOf, groups as noun, resources } from "~/api/nouns";
import { chosen, required, wrong } from "~/kit/checks";
import { ClockInput, Columns } from "~/kit/Fields";
import { ListPage, nameColumn } from "~/kit/ListPage";
import { Lookup } from "~/kit/Lookup";
import { RecordPage, type Tab } from "~/kit/RecordPage";
import { SubTable } from "~/kit/SubTable";

const PATH = "/contact-center/resource-groups";

export function ResourceGroupList() {
  const { t } = useTranslation();
  return (
    <ListPage
      title={t("groups.all")}
      icon={Layers}
      noun={noun}
      columns={[
        nameColumn(t("name"), PATH),
        { key: "communication", title: t("groups.communication"), render: (row) => row.communication?.name },
        { key: "description", title: t("description"), render: (row) => row.description },
      ]}
      path={PATH}
      emptyText={t("groups.empty")}
    />
  );
}

interface Range {
  start_time_of_day: number;
  end_time_of_day: number;
}
interface Values {
  name: string;
  communication: Link;
  description: string;
  strategy: string;
  time: Range[];
}

const DAY: Range = { start_time_of_day: 540, end_time_of_day: 1200 };

export function ResourceGroup() {
  const { t } = useTranslation();
  const tabs: Tab<Values>[] = [
    {
      key: "general",
      title: t("record.general"),
      render: (form) => (
        <Columns>
          <TextInput label={t("name")} required {...form.getInputProps("name")} />
          <Lookup noun={communicationTypes} label={t("groups.communication")} description={t("groups.communicationHint")} required {...form.getInputProps("communication")} />
          <Textarea label={t("description")} autosize minRows={2} {...form.getInputProps("description")} />
        </Columns>
      ),
    },
    { key: "resources", title: t("nav.resources"), savedOnly: true, render: (_, saved) => saved && <Members group={saved} /> },
    { key: "time", title: t("groups.time"), render: (form) => <TimeRange {...form.getInputProps("time")} /> },
  ];
  return (
    <RecordPage
      noun={noun}
      listPath={PATH}
      listTitle={t("nav.resourceGroups")}
      newTitle={t("groups.new")}
      blank={{ name: "", communication: {}, description: "", strategy: "", time: [DAY] }}
      toForm={toForm}
      check={(values) => wrong({ name: required(values.name), communication: chosen(values.communication), time: badTimes(values.time) ? t("groups.badTimes") : null })}
      tabs={tabs}
    />
  );
}

function Members({ group }: { group: string }) {
  const { t } = useTranslation();
  return (
    <SubTable
      noun={groupMembersOf(group)}
      label={t("nav.resources")}
      columns={[
        { key: "resource", title: t("name"), render: (row) => row.resource?.name },
        { key: "priority", title: t("groups.priority"), render: (row) => row.priority ?? 0 },
        { key: "reserve", title: t("groups.reserve"), render: (row) => row.reserve_resource?.name },
      ]}
      nameOf={(row) => row.resource?.name ?? ""}
      blank={{ resource: {} as Link, priority: 0, reserve_resource: {} as Link }}
      toForm={(row) => ({ resource: row.resource ?? {}, priority: row.priority ?? 0, reserve_resource: row.reserve_resource ?? {} })}
      check={(values) => wrong({ resource: chosen(values.resource) })}
      addTitle={t("groups.addResource")}
      editTitle={t("groups.editResource")}
      fields={(form) => (
        <>
          <Lookup noun={resources} label={t("groups.resource")} required {...form.getInputProps("resource")} />
          <NumberInput label={t("groups.priority")} description={t("groups.priorityHint")} min={0} {...form.getInputProps("priority")} />
          <Lookup noun={resources} label={t("groups.reserve")} description={t("groups.reserveHint")} {...form.getInputProps("reserve_resource")} />
        </>
      )}
      empty={t("groups.noResources")}
    />
  );
}

export function badTimes(times: Range[]): boolean {
  const sorted = [...times].sort((one, other) => one.start_time_of_day - other.start_time_of_day);
  return (
    times.length === 0 ||
    sorted.some((one, at) => one.start_time_of_day >= one.end_time_of_day || one.end_time_of_day > (sorted[at + 1]?.start_time_of_day ?? 1440))
  );
}

function TimeRange({ value = [], onChange, error }: { value?: Range[]; onChange?: (value: Range[]) => void; error?: ReactNode }) {
  const { t } = useTranslation();
  const set = (at: number, change: Partial<Range>) => onChange?.(value.map((one, place) => (place === at ? { ...one, ...change } : one)));
  return (
    <Stack gap="sm" maw={480}>
      <Text size="sm" c="dimmed">
        {t("groups.timeHint")}
      </Text>
      {error && (
        <Text c="red" size="sm" role="alert">
          {error}
        </Text>
      )}
      {value.map((one, at) => (
        <Group key={at} wrap="nowrap" align="end">
          <ClockInput flex={1} required label={t("calendars.from")} value={one.start_time_of_day} onChange={(minutes) => set(at, { start_time_of_day: minutes })} />
          <ClockInput flex={1} required label={t("calendars.to")} value={one.end_time_of_day} onChange={(minutes) => set(at, { end_time_of_day: minutes })} />
          <ActionIcon size="lg" disabled={at === 0} aria-label={t("fields.removeRow")} onClick={() => onChange?.(value.filter((_, place) => place !== at))}>
            <Trash2 size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Button variant="light" w="fit-content" leftSection={<Plus size={15} />} onClick={() => onChange?.([...value, DAY])}>
        {t("fields.addRow")}
      </Button>
    </Stack>
  );
}

function toForm(row: Row<"/call_center/resource_group">): Values {
  return {
    name: row.name ?? "",
    communication: row.communication ?? {},
    description: row.description ?? "",
    strategy: row.strategy ?? "",
    time: (row.time ?? []).map((one) => ({ start_time_of_day: one.start_time_of_day ?? 0, end_time_of_day: one.end_time_of_day ?? 0 })),
  };
}
