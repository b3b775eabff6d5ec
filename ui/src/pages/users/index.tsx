/** Users: the people who sign in, and their tokens. */
import { Badge, Group, MultiSelect, PasswordInput, Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Users } from "lucide-react";
import { useTranslation } from "react-i18next";
import { roles, users as noun } from "~/api/nouns";
import { required, wrong } from "~/kit/checks";
import { Columns } from "~/kit/Fields";
import { ListPage, NameLink } from "~/kit/ListPage";
import { type Form, RecordPage, type Tab } from "~/kit/RecordPage";
import { Tokens } from "./Tokens";

const PATH = "/permissions/users";
const SHORTEST = 8;

export function UserList() {
  const { t } = useTranslation();
  return (
    <ListPage
      title={t("users.all")}
      icon={Users}
      noun={noun}
      columns={[
        { key: "name", title: t("name"), render: (row) => <NameLink to={`${PATH}/${row.id}`}>{row.name || row.username}</NameLink> },
        { key: "username", title: t("signIn.username"), render: (row) => row.username },
        {
          key: "roles",
          title: t("nav.roles"),
          sort: false,
          render: (row) => (
            <Group gap={4} wrap="nowrap">
              {row.admin && <Badge tt="none">{t("users.admin")}</Badge>}
              {(row.roles ?? []).map((role) => (
                <Badge key={role.id} variant="light" tt="none">
                  {role.name}
                </Badge>
              ))}
            </Group>
          ),
        },
        { key: "disabled", title: t("state"), render: (row) => (row.disabled ? <Badge color="gray">{t("users.disabled")}</Badge> : null) },
      ]}
      path={PATH}
    />
  );
}

interface Values {
  name: string;
  username: string;
  email: string;
  password: string;
  admin: boolean;
  disabled: boolean;
  must_change_password: boolean;
  roles: string[];
}

const BLANK: Values = { name: "", username: "", email: "", password: "", admin: false, disabled: false, must_change_password: true, roles: [] };

export function User() {
  const { t } = useTranslation();
  const tabs: Tab<Values>[] = [
    { key: "general", title: t("record.general"), render: (form, saved) => <General form={form} saved={saved !== null} /> },
    { key: "tokens", title: t("users.tokens"), savedOnly: true, render: (_, saved) => saved && <Tokens user={saved} /> },
  ];
  return (
    <RecordPage
      noun={noun}
      listPath={PATH}
      listTitle={t("nav.users")}
      newTitle={t("users.new")}
      blank={BLANK}
      toForm={(row) => ({
        name: row.name ?? "",
        username: row.username ?? "",
        email: row.email ?? "",
        password: "",
        admin: row.admin ?? false,
        disabled: row.disabled ?? false,
        must_change_password: row.must_change_password ?? false,
        roles: (row.roles ?? []).map((role) => role.id ?? ""),
      })}
      toBody={({ password, roles: chosen, ...rest }) => ({ ...rest, roles: chosen.map((role) => ({ id: role })), ...(password ? { password } : {}) })}
      check={(values, isNew) =>
        wrong({
          username: required(values.username),
          password: (isNew || values.password) && values.password.length < SHORTEST ? t("users.shortPassword", { least: SHORTEST }) : null,
        })
      }
      tabs={tabs}
    />
  );
}

function General({ form, saved }: { form: Form<Values>; saved: boolean }) {
  const { t } = useTranslation();
  const every = useQuery({ queryKey: ["roles", "all"], queryFn: ({ signal }) => roles.list({ size: 500, fields: ["id", "name"] }, signal) });
  const flag = (name: string) => form.getInputProps(name, { type: "checkbox" });
  return (
    <Columns>
      <TextInput label={t("name")} {...form.getInputProps("name")} />
      <TextInput label={t("signIn.username")} required autoComplete="off" {...form.getInputProps("username")} />
      <PasswordInput label={t("signIn.password")} required={!saved} description={saved ? t("gateways.passwordKept") : undefined} autoComplete="new-password" visibilityToggleButtonProps={{ "aria-label": t("signIn.show") }} {...form.getInputProps("password")} />
      <TextInput label={t("users.email")} {...form.getInputProps("email")} />
      <MultiSelect label={t("nav.roles")} data={(every.data?.items ?? []).map((role) => ({ value: role.id ?? "", label: role.name ?? "" }))} searchable clearable {...form.getInputProps("roles")} />
      <Switch mt={28} label={t("users.admin")} description={t("users.adminHint")} {...flag("admin")} />
      <Switch label={t("users.mustChange")} {...flag("must_change_password")} />
      <Switch label={t("users.disabled")} description={t("users.disabledHint")} {...flag("disabled")} />
    </Columns>
  );
}
