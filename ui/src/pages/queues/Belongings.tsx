/** What belongs to a queue beside its resource groups: buckets and hooks. */
import { NumberInput, Select, Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Link, Noun } from "~/api/noun";
import { buckets, hooksOf, queueBucketsOf, schemas } from "~/api/nouns";
import { chosen, wrong } from "~/kit/checks";
import type { Named } from "~/kit/ListPage";
import { Lookup } from "~/kit/Lookup";
import { StateSwitch } from "~/kit/StateSwitch";
import { SubTable } from "~/kit/SubTable";

const EVENTS = ["joined", "answered", "offering", "bridged", "missed", "leaving", "processing", "active"];
type Hook = Named & { event?: string; schema?: Link; enabled?: boolean };

export function Buckets({ queue }: { queue: string }) {
  const { t } = useTranslation();
  return (
    <SubTable
      noun={queueBucketsOf(queue)}
      label={t("nav.buckets")}
      columns={[
        { key: "bucket", title: t("name"), render: (row) => row.bucket?.name },
        { key: "priority", title: t("queues.priority"), render: (row) => row.priority ?? 0 },
        { key: "ratio", title: t("queues.ratio"), render: (row) => row.ratio ?? 0 },
        { key: "disabled", title: t("state"), render: (row) => (row.disabled ? t("queues.off") : t("queues.on")) },
      ]}
      nameOf={(row) => row.bucket?.name ?? ""}
      blank={{ bucket: {} as Link, priority: 0, ratio: 0, disabled: false }}
      toForm={(row) => ({ bucket: row.bucket ?? {}, priority: row.priority ?? 0, ratio: row.ratio ?? 0, disabled: row.disabled ?? false })}
      check={(values) => wrong({ bucket: chosen(values.bucket) })}
      addTitle={t("queues.addBucket")}
      editTitle={t("queues.editBucket")}
      fields={(form) => (
        <>
          <Lookup noun={buckets} label={t("queues.bucket")} required {...form.getInputProps("bucket")} />
          <NumberInput label={t("queues.priority")} min={0} required {...form.getInputProps("priority")} />
          <NumberInput label={t("queues.ratio")} description={t("queues.ratioHint")} min={0} {...form.getInputProps("ratio")} />
          <Switch label={t("queues.off")} {...form.getInputProps("disabled", { type: "checkbox" })} />
        </>
      )}
      empty={t("queues.noBuckets")}
    />
  );
}

export function Hooks({ queue }: { queue: string }) {
  const { t } = useTranslation();
  const noun = hooksOf(queue) as unknown as Noun<Hook>;
  const event = (name: string | undefined) => t(`queues.events.${name}`, { defaultValue: name ?? "" });
  return (
    <SubTable
      noun={noun}
      label={t("queues.hooks")}
      columns={[
        { key: "event", title: t("queues.event"), render: (row) => event(row.event) },
        { key: "schema", title: t("queues.schema"), render: (row) => row.schema?.name },
        { key: "enabled", title: t("state"), render: (row) => <StateSwitch noun={noun} row={{ ...row, name: event(row.event) }} on={row.enabled ?? false} /> },
      ]}
      nameOf={(row) => event(row.event)}
      blank={{ event: "joined", schema: {} as Link, enabled: true }}
      toForm={(row) => ({ event: row.event ?? "joined", schema: row.schema ?? {}, enabled: row.enabled ?? false })}
      check={(values) => wrong({ schema: chosen(values.schema) })}
      addTitle={t("queues.addHook")}
      editTitle={t("queues.editHook")}
      fields={(form) => (
        <>
          <Select label={t("queues.event")} required allowDeselect={false} data={EVENTS.map((value) => ({ value, label: event(value) }))} {...form.getInputProps("event")} />
          <Lookup noun={schemas} query={{ type: ["service", "default"] }} label={t("queues.schema")} required {...form.getInputProps("schema")} />
        </>
      )}
      empty={t("queues.noHooks")}
    />
  );
}
