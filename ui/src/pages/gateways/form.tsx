/** The two forms of a gateway. */
import { NumberInput, PasswordInput, Textarea, TextInput } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Link, Row } from "~/api/noun";
import { gateways as noun, schemas } from "~/api/nouns";
import { account, between, host, required, wrong } from "~/kit/checks";
import { Columns } from "~/kit/Fields";
import { Lookup } from "~/kit/Lookup";
import { type Form, RecordPage, type Tab } from "~/kit/RecordPage";
import { AccessControl, type Allowed } from "./AccessControl";

export const PATH = "/routing/gateways";

export interface Values {
  name: string;
  usage: string;
  enable: boolean;
  register: boolean;
  schema: Link;
  proxy: string;
  account: string;
  username: string;
  password: string;
  expires: number;
  registrar: string;
  host: string;
  ipacl: Allowed[];
}

export function Gateway() {
  const { type } = useSearch({ strict: false }) as { type?: string };
  const { t } = useTranslation();
  const blank: Values = {
    name: "", usage: "", enable: true, register: type === "reg", schema: {}, proxy: "", account: "", username: "", password: "",
    expires: 600, registrar: "", host: "", ipacl: [],
  };
  const tabs: Tab<Values>[] = [
    { key: "general", title: t("record.general"), render: (form, saved) => (form.getValues().register ? <Registration form={form} saved={saved !== null} /> : <Trunk form={form} />) },
    ...(blank.register ? [] : [{ key: "configuration", title: t("gateways.configuration"), render: (form: Form<Values>) => <AccessControl {...form.getInputProps("ipacl")} /> }]),
  ];
  return (
    <RecordPage
      noun={noun}
      listPath={PATH}
      listTitle={t("nav.gateways")}
      newTitle={t(`gateways.kinds.${type === "reg" ? "reg" : "trunk"}`)}
      blank={blank}
      toForm={toForm}
      toBody={({ password, ...rest }) => (password ? { ...rest, password } : rest)}
      check={check}
      tabs={tabs}
    />
  );
}

function check(values: Values, isNew: boolean) {
  const both = { name: required(values.name), proxy: host(values.proxy) };
  if (!values.register) return wrong({ ...both, host: host(values.host) });
  return wrong({
    ...both,
    account: account(values.account),
    password: isNew ? required(values.password) : null,
    expires: between(32, 3600)(values.expires),
    registrar: values.registrar ? host(values.registrar) : null,
  });
}

function Registration({ form, saved }: { form: Form<Values>; saved: boolean }) {
  const { t } = useTranslation();
  return (
    <Columns>
      <TextInput label={t("name")} required {...form.getInputProps("name")} />
      <TextInput label={t("gateways.account")} required placeholder="380441234567@sip.carrier.example" {...form.getInputProps("account")} />
      <TextInput label={t("gateways.username")} description={t("gateways.usernameHint")} autoComplete="off" {...form.getInputProps("username")} />
      <PasswordInput
        label={t("gateways.password")}
        description={saved ? t("gateways.passwordKept") : undefined}
        required={!saved}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ "aria-label": t("signIn.show") }}
        {...form.getInputProps("password")}
      />
      <TextInput label={t("gateways.outboundProxy")} required placeholder="sip.carrier.example" {...form.getInputProps("proxy")} />
      <TextInput label={t("gateways.registrar")} description={t("gateways.registrarHint")} {...form.getInputProps("registrar")} />
      <NumberInput label={t("gateways.expires")} required min={32} max={3600} {...form.getInputProps("expires")} />
      <InboundSchema form={form} />
      <Textarea label={t("description")} autosize minRows={2} {...form.getInputProps("usage")} />
    </Columns>
  );
}

function Trunk({ form }: { form: Form<Values> }) {
  const { t } = useTranslation();
  return (
    <Columns>
      <TextInput label={t("name")} required {...form.getInputProps("name")} />
      <TextInput label={t("gateways.proxy")} description={t("gateways.proxyHint")} required placeholder="192.0.2.10:5060" {...form.getInputProps("proxy")} />
      <TextInput label={t("gateways.host")} description={t("gateways.hostHint")} required placeholder="sip.carrier.example" {...form.getInputProps("host")} />
      <InboundSchema form={form} />
      <Textarea label={t("description")} autosize minRows={2} {...form.getInputProps("usage")} />
    </Columns>
  );
}

function InboundSchema({ form }: { form: Form<Values> }) {
  const { t } = useTranslation();
  return <Lookup noun={schemas} query={{ type: ["voice", "default"] }} label={t("gateways.schema")} description={t("gateways.schemaHint")} {...form.getInputProps("schema")} />;
}

function toForm(row: Row<"/sip/gateways">): Values {
  return {
    name: row.name ?? "",
    usage: row.usage ?? "",
    enable: row.enable ?? false,
    register: row.register ?? false,
    schema: row.schema ?? {},
    proxy: row.proxy ?? "",
    account: row.account ?? "",
    username: row.username ?? "",
    password: "",
    expires: row.expires ?? 600,
    registrar: row.registrar ?? "",
    host: row.host ?? "",
    ipacl: (row.ipacl ?? []).map((one) => ({ ip: one.ip ?? "", proto: one.proto ?? "any", port: one.port ?? null })),
  };
}
