/** A queue of type Outbound IVR, with all its tabs. */
import { Button, NumberInput, Select, Switch, TagsInput, Textarea, TextInput } from "@mantine/core";
import { Link as To } from "@tanstack/react-router";
import { Gauge, UsersRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { calendars, groups, lists, queueGroupsOf, queues as noun, schemas } from "~/api/nouns";
import type { Link } from "~/api/noun";
import { between, chosen, required, wrong } from "~/kit/checks";
import { Columns, DurationInput, KeyValues } from "~/kit/Fields";
import { Lookup } from "~/kit/Lookup";
import { type Form, RecordPage, type Tab } from "~/kit/RecordPage";
import { SubTable } from "~/kit/SubTable";
import { AmdTab } from "./Amd";
import { Buckets, Hooks } from "./Belongings";
import { BLANK, toBody, toForm, type Values } from "./values";

export const PATH = "/contact-center/queues";
const AFTER = { type: ["service", "default"] };
const MOST = 1_000_000;

export function Queue() {
  const { t } = useTranslation();
  const tabs: Tab<Values>[] = [
    { key: "general", title: t("record.general"), render: (form) => <General form={form} /> },
    { key: "parameters", title: t("queues.parameters"), render: (form) => <Parameters form={form} /> },
    { key: "resources", title: t("nav.resources"), savedOnly: true, render: (_, saved) => saved && <Groups queue={saved} /> },
    { key: "buckets", title: t("nav.buckets"), savedOnly: true, render: (_, saved) => saved && <Buckets queue={saved} /> },
    { key: "amd", title: "AMD", render: (form) => <AmdTab form={form} /> },
    { key: "hooks", title: t("queues.hooks"), savedOnly: true, render: (_, saved) => saved && <Hooks queue={saved} /> },
    {
      key: "variables",
      title: t("queues.variables"),
      render: (form) => <KeyValues label={t("queues.variables")} hint={t("queues.variablesHint")} value={form.getValues().variables} onChange={(value) => form.setFieldValue("variables", value)} />,
    },
  ];
  return (
    <RecordPage
      noun={noun}
      listPath={PATH}
      listTitle={t("nav.queues")}
      newTitle={t("queues.new")}
      blank={BLANK}
      toForm={toForm}
      toBody={toBody}
      check={check}
      tabs={tabs}
      aside={(row) =>
        row?.id && (
          <>
            <Button variant="default" leftSection={<Gauge size={16} />} renderRoot={(rest) => <To to={`${PATH}/${row.id}/board`} {...rest} />}>
              {t("board.title")}
            </Button>
            <Button variant="default" leftSection={<UsersRound size={16} />} renderRoot={(rest) => <To to={`${PATH}/${row.id}/members`} {...rest} />}>
              {t("queues.members")}
            </Button>
          </>
        )
      }
    />
  );
}

function check({ name, calendar, schema, priority, payload }: Values) {
  return wrong({
    name: required(name),
    calendar: chosen(calendar),
    schema: chosen(schema),
    priority: between(0, MOST)(priority),
    "payload.max_calls": between(-1, MOST)(payload.max_calls),
    "payload.max_attempts": between(0, MOST)(payload.max_attempts),
  });
}

function General({ form }: { form: Form<Values> }) {
  const { t } = useTranslation();
  const options = (group: string, values: string[]) => values.map((value) => ({ value, label: t(`queues.${group}.${value}`) }));
  return (
    <Columns>
      <TextInput label={t("name")} required {...form.getInputProps("name")} />
      <Lookup noun={calendars} label={t("queues.calendar")} required {...form.getInputProps("calendar")} />
      <Lookup noun={lists} label={t("queues.stopList")} description={t("queues.stopListHint")} {...form.getInputProps("dnc_list")} />
      <NumberInput label={t("queues.priority")} description={t("queues.priorityHint")} min={0} {...form.getInputProps("priority")} />
      <Select label={t("queues.strategy")} required allowDeselect={false} data={options("strategies", ["fifo", "lifo", "strict_fifo"])} {...form.getInputProps("strategy")} />
      <Lookup noun={schemas} label={t("queues.schema")} description={t("queues.schemaHint")} required {...form.getInputProps("schema")} />
      <Lookup noun={schemas} query={AFTER} label={t("queues.doSchema")} description={t("queues.doSchemaHint")} {...form.getInputProps("do_schema")} />
      <Select label={t("queues.resourceStrategy")} required allowDeselect={false} data={options("resourceStrategies", ["priority-based", "even-distribution"])} {...form.getInputProps("payload.resource_strategy")} />
      <Lookup noun={schemas} query={AFTER} label={t("queues.afterSchema")} description={t("queues.afterSchemaHint")} {...form.getInputProps("after_schema")} />
      <TagsInput label={t("queues.tags")} {...form.getInputProps("tags")} />
      <Textarea label={t("description")} autosize minRows={2} {...form.getInputProps("description")} />
    </Columns>
  );
}

function Parameters({ form }: { form: Form<Values> }) {
  const { t } = useTranslation();
  const field = (name: string) => form.getInputProps(`payload.${name}`);
  const flag = (name: string) => form.getInputProps(`payload.${name}`, { type: "checkbox" });
  const clock = " (hh:mm:ss)";
  return (
    <Columns>
      <DurationInput label={t("queues.originateTimeout") + clock} description={t("queues.originateTimeoutHint")} required {...field("originate_timeout")} />
      <DurationInput label={t("queues.wait") + clock} description={t("queues.waitHint")} required {...field("wait_between_retries")} />
      <DurationInput label={t("queues.minDuration") + clock} description={t("queues.minDurationHint")} {...field("min_duration")} />
      <NumberInput label={t("queues.maxTasks")} description={t("queues.maxTasksHint")} min={-1} {...field("max_calls")} />
      <NumberInput label={t("queues.maxAttempts")} description={t("queues.maxAttemptsHint")} required min={0} {...field("max_attempts")} />
      <NumberInput label={t("queues.remaining")} min={0} {...field("max_member_limit")} />
      <Switch label={t("queues.descending")} {...flag("wait_between_retries_desc")} />
      <Switch label={t("queues.strictCircuit")} description={t("queues.strictCircuitHint")} {...flag("strict_circuit")} />
      <Switch label={t("queues.perNumbers")} {...flag("per_numbers")} />
      <Switch label={t("queues.recording")} description={t("queues.recordingHint")} {...flag("recordings")} />
      {form.getValues().payload.recordings && <Switch label={t("queues.recordAll")} {...flag("record_all")} />}
    </Columns>
  );
}

function Groups({ queue }: { queue: string }) {
  const { t } = useTranslation();
  return (
    <SubTable
      noun={queueGroupsOf(queue)}
      label={t("nav.resourceGroups")}
      columns={[
        { key: "group", title: t("name"), render: (row) => <To to={`/contact-center/resource-groups/${row.resource_group?.id}`}>{row.resource_group?.name}</To> },
        { key: "communication", title: t("groups.communication"), render: (row) => row.communication?.name },
      ]}
      nameOf={(row) => row.resource_group?.name ?? ""}
      blank={{ resource_group: {} as Link }}
      toForm={(row) => ({ resource_group: row.resource_group ?? {} })}
      check={(values) => wrong({ resource_group: chosen(values.resource_group) })}
      addTitle={t("queues.group")}
      editTitle={t("queues.group")}
      fields={(form) => <Lookup noun={groups} label={t("queues.group")} required {...form.getInputProps("resource_group")} />}
      empty={t("queues.noGroups")}
    />
  );
}
