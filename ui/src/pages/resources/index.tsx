/** Outbound resources: a gateway with its limits, its caller numbers, and what to do when it fails. */
import { FileButton, NumberInput, Select, TagsInput, Textarea, TextInput, Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Cable, Upload } from "lucide-react";
import { useTranslation } from "react-i18next";
import { request } from "~/api/http";
import type { Link, Row } from "~/api/noun";
import { displaysOf, gateways, resources as noun } from "~/api/nouns";
import { between, chosen, required, wrong } from "~/kit/checks";
import { Columns } from "~/kit/Fields";
import { keyOf, ListPage, nameColumn } from "~/kit/ListPage";
import { Lookup } from "~/kit/Lookup";
import { type Form, RecordPage, type Tab } from "~/kit/RecordPage";
import { sayDone, sayFailed } from "~/kit/say";
import { StateSwitch } from "~/kit/StateSwitch";
import { SubTable } from "~/kit/SubTable";
import { numbersIn } from "./numbers";

const PATH = "/contact-center/resources";

export function ResourceList() {
  const { t } = useTranslation();
  return (
    <ListPage
      title={t("resources.all")}
      icon={Cable}
      noun={noun}
      fields={["id", "name", "gateway", "enabled", "limit", "rps", "description"]}
      columns={[
        nameColumn(t("name"), PATH),
        { key: "gateway", title: t("resources.gateway"), render: (row) => row.gateway?.name },
        { key: "rps", title: "CPS", align: "right", render: (row) => row.rps ?? 0 },
        { key: "limit", title: t("resources.limit"), align: "right", render: (row) => row.limit ?? 0 },
        { key: "enabled", title: t("state"), render: (row) => <StateSwitch noun={noun} row={row} on={row.enabled ?? false} /> },
      ]}
      path={PATH}
      emptyText={t("resources.empty")}
    />
  );
}

interface Values {
  name: string;
  gateway: Link;
  rps: number;
  limit: number;
  cid_type: string;
  ignore_early_media: string;
  description: string;
  patterns: string[];
  max_successively_errors: number;
  error_ids: string[];
  failure_dial_delay: number;
  enabled: boolean;
}

const BLANK: Values = {
  name: "", gateway: {}, rps: 10, limit: 10, cid_type: "", ignore_early_media: "", description: "", patterns: [],
  max_successively_errors: 2, error_ids: [], failure_dial_delay: 0, enabled: false,
};

export function Resource() {
  const { t } = useTranslation();
  const tabs: Tab<Values>[] = [
    { key: "general", title: t("record.general"), render: (form) => <General form={form} /> },
    { key: "numbers", title: t("resources.numbers"), savedOnly: true, render: (_, saved) => saved && <Numbers resource={saved} /> },
    { key: "failure", title: t("resources.failure"), render: (form) => <Failure form={form} /> },
  ];
  return (
    <RecordPage
      noun={noun}
      listPath={PATH}
      listTitle={t("nav.resources")}
      newTitle={t("resources.new")}
      blank={BLANK}
      toForm={toForm}
      toBody={({ cid_type, ignore_early_media, ...rest }) => ({ ...rest, parameters: { cid_type, ignore_early_media } })}
      check={(values) =>
        wrong({
          name: required(values.name),
          gateway: chosen(values.gateway),
          rps: between(-1, 1000)(values.rps),
          limit: between(-1, 5000)(values.limit),
          max_successively_errors: between(0, 1_000_000)(values.max_successively_errors),
          failure_dial_delay: between(0, 1_000_000)(values.failure_dial_delay),
        })
      }
      tabs={tabs}
    />
  );
}

function General({ form }: { form: Form<Values> }) {
  const { t } = useTranslation();
  const options = (group: string, values: string[]) => values.map((value) => ({ value, label: t(`resources.${group}.${value}`) }));
  return (
    <Columns>
      <TextInput label={t("name")} required {...form.getInputProps("name")} />
      <Lookup noun={gateways} label={t("resources.gateway")} required {...form.getInputProps("gateway")} />
      <NumberInput label="CPS" description={t("resources.cpsHint")} required min={-1} max={1000} {...form.getInputProps("rps")} />
      <NumberInput label={t("resources.limit")} description={t("resources.limitHint")} required min={-1} max={5000} {...form.getInputProps("limit")} />
      <Select label={t("resources.cidType")} description={t("resources.cidHint")} clearable data={options("cid", ["none", "rpid", "pid"])} {...form.getInputProps("cid_type")} />
      <Select label={t("resources.earlyMedia")} description={t("resources.earlyHint")} clearable data={options("early", ["true", "false", "consume", "ring_ready"])} {...form.getInputProps("ignore_early_media")} />
      <TagsInput label={t("resources.patterns")} description={t("resources.patternsHint")} {...form.getInputProps("patterns")} />
      <Textarea label={t("description")} autosize minRows={2} {...form.getInputProps("description")} />
    </Columns>
  );
}

function Failure({ form }: { form: Form<Values> }) {
  const { t } = useTranslation();
  return (
    <Columns>
      <NumberInput label={t("resources.maxErrors")} description={t("resources.maxErrorsHint")} required min={0} {...form.getInputProps("max_successively_errors")} />
      <TagsInput label={t("resources.errorIds")} description={t("resources.errorIdsHint")} data={["1XX", "2XX", "3XX", "4XX", "5XX"]} {...form.getInputProps("error_ids")} />
      <NumberInput label={t("resources.delay")} description={t("resources.delayHint")} min={0} suffix=" s" {...form.getInputProps("failure_dial_delay")} />
    </Columns>
  );
}

function Numbers({ resource }: { resource: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const numbers = displaysOf(resource);
  const upload = async (file: File | null) => {
    if (!file) return;
    try {
      const items = numbersIn(await file.text()).map((display) => ({ display }));
      await request("post", "/call_center/resources/{parent}/display/bulk", { params: { parent: resource }, body: { items } });
      sayDone(t("resources.uploaded", { count: items.length }));
    } catch (error) {
      sayFailed(error, file.name);
    }
    await client.invalidateQueries({ queryKey: keyOf(numbers) });
  };
  return (
    <SubTable
      noun={numbers}
      label={t("resources.numbers")}
      columns={[{ key: "display", title: t("resources.number"), render: (row) => row.display }]}
      nameOf={(row) => row.display ?? ""}
      blank={{ display: "" }}
      toForm={(row) => ({ display: row.display ?? "" })}
      check={(values) => wrong({ display: required(values.display) })}
      addTitle={t("resources.addNumber")}
      editTitle={t("resources.editNumber")}
      fields={(form) => <TextInput label={t("resources.number")} required data-autofocus {...form.getInputProps("display")} />}
      empty={t("resources.noNumbers")}
      head={
        <FileButton accept=".csv,text/csv,text/plain" onChange={(file) => void upload(file)}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<Upload size={15} />}>
              {t("resources.upload")}
            </Button>
          )}
        </FileButton>
      }
    />
  );
}

function toForm(row: Row<"/call_center/resources">): Values {
  return {
    name: row.name ?? "",
    gateway: row.gateway ?? {},
    rps: row.rps ?? 0,
    limit: row.limit ?? 0,
    cid_type: row.parameters?.cid_type ?? "",
    ignore_early_media: row.parameters?.ignore_early_media ?? "",
    description: row.description ?? "",
    patterns: row.patterns ?? [],
    max_successively_errors: row.max_successively_errors ?? 0,
    error_ids: row.error_ids ?? [],
    failure_dial_delay: row.failure_dial_delay ?? 0,
    enabled: row.enabled ?? false,
  };
}
