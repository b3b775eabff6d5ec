/** Roles: what people may do with each kind of record. */
import { Alert, Checkbox, Switch, Table } from "@mantine/core";
import { KeyRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { roles as noun } from "~/api/nouns";
import { required, wrong } from "~/kit/checks";
import { NameAndDescription } from "~/kit/Fields";
import { ListPage, nameColumn } from "~/kit/ListPage";
import { type Form, RecordPage, type Tab } from "~/kit/RecordPage";

const PATH = "/permissions/roles";
const CLASSES = [
  "cc_queue", "cc_resource", "cc_resource_group", "gateways", "schema", "media_file", "calendars", "dictionaries", "cc_list",
  "calls", "record_file", "users", "roles", "logger", "settings",
];
const LETTERS = ["x", "r", "w", "d"];

export function RoleList() {
  const { t } = useTranslation();
  return (
    <ListPage
      title={t("roles.all")}
      icon={KeyRound}
      noun={noun}
      columns={[
        nameColumn(t("name"), PATH),
        { key: "description", title: t("description"), render: (row) => row.description },
      ]}
      path={PATH}
      emptyText={t("roles.empty")}
    />
  );
}

interface Values {
  name: string;
  description: string;
  everything: boolean;
  access: Record<string, string>;
}

export function Role() {
  const { t } = useTranslation();
  const tabs: Tab<Values>[] = [
    { key: "general", title: t("record.general"), render: (form) => <NameAndDescription field={form.getInputProps} /> },
    { key: "rights", title: t("roles.rights"), render: (form) => <Rights form={form} /> },
  ];
  return (
    <RecordPage
      noun={noun}
      listPath={PATH}
      listTitle={t("nav.roles")}
      newTitle={t("roles.new")}
      blank={{ name: "", description: "", everything: false, access: {} }}
      toForm={(row) => ({
        name: row.name ?? "",
        description: row.description ?? "",
        everything: row.everything ?? false,
        access: Object.fromEntries((row.access ?? []).map((one) => [one.class ?? "", one.access ?? ""])),
      })}
      toBody={({ access, ...rest }) => ({
        ...rest,
        access: Object.entries(access)
          .filter(([, letters]) => letters)
          .map(([name, letters]) => ({ class: name, access: letters })),
      })}
      check={(values) => wrong({ name: required(values.name) })}
      tabs={tabs}
    />
  );
}

function Rights({ form }: { form: Form<Values> }) {
  const { t } = useTranslation();
  const { access, everything } = form.getValues();
  const classes = [...CLASSES, ...Object.keys(access).filter((name) => !CLASSES.includes(name))];
  const toggle = (name: string, letter: string) => {
    const now = access[name] ?? "";
    const next = now.includes(letter) ? now.replace(letter, "") : now + letter;
    form.setFieldValue("access", { ...access, [name]: next } as never);
  };
  return (
    <>
      <Switch mb="md" label={t("roles.everything")} description={t("roles.everythingHint")} {...form.getInputProps("everything", { type: "checkbox" })} />
      {everything ? (
        <Alert>{t("roles.all_rights")}</Alert>
      ) : (
        <Table maw={720}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("roles.object")}</Table.Th>
              {LETTERS.map((letter) => (
                <Table.Th key={letter} ta="center">
                  {t(`roles.letters.${letter}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {classes.map((name) => (
              <Table.Tr key={name}>
                <Table.Td>{t(`roles.classes.${name}`, { defaultValue: name })}</Table.Td>
                {LETTERS.map((letter) => (
                  <Table.Td key={letter}>
                    <Checkbox mx="auto" w="fit-content" aria-label={`${t(`roles.classes.${name}`, { defaultValue: name })}: ${t(`roles.letters.${letter}`)}`} checked={(access[name] ?? "").includes(letter)} onChange={() => toggle(name, letter)} />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </>
  );
}
