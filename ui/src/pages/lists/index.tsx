/** Stop lists: numbers that are never rung. */
import { Switch, TextInput } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import { ListX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { lists as noun, numbersOf } from "~/api/nouns";
import { required, wrong } from "~/kit/checks";
import { NameAndDescription } from "~/kit/Fields";
import { ListPage, nameColumn } from "~/kit/ListPage";
import { RecordPage, type Tab } from "~/kit/RecordPage";
import { SubTable } from "~/kit/SubTable";
import { instantOf } from "~/kit/times";

const PATH = "/lookups/blacklist";

export function StopListList() {
  const { t } = useTranslation();
  return (
    <ListPage
      title={t("lists.all")}
      icon={ListX}
      noun={noun}
      fields={["id", "name", "description", "count"]}
      columns={[
        nameColumn(t("name"), PATH),
        { key: "count", title: t("lists.numbers"), align: "right", sort: false, render: (row) => Number(row.count ?? 0).toLocaleString() },
        { key: "description", title: t("description"), render: (row) => row.description },
      ]}
      path={PATH}
      emptyText={t("lists.empty")}
    />
  );
}

interface Values {
  name: string;
  description: string;
}

export function StopList() {
  const { t } = useTranslation();
  const tabs: Tab<Values>[] = [
    { key: "general", title: t("record.general"), render: (form) => <NameAndDescription field={form.getInputProps} /> },
    { key: "numbers", title: t("lists.numbers"), savedOnly: true, render: (_, saved) => saved && <Numbers list={saved} /> },
  ];
  return (
    <RecordPage
      noun={noun}
      listPath={PATH}
      listTitle={t("nav.lists")}
      newTitle={t("lists.new")}
      blank={{ name: "", description: "" }}
      toForm={(row) => ({ name: row.name ?? "", description: row.description ?? "" })}
      check={(values) => wrong({ name: required(values.name) })}
      tabs={tabs}
    />
  );
}

function Numbers({ list }: { list: string }) {
  const { t, i18n } = useTranslation();
  return (
    <SubTable
      noun={numbersOf(list)}
      label={t("lists.numbers")}
      columns={[
        { key: "number", title: t("lists.number"), render: (row) => row.number },
        { key: "description", title: t("description"), render: (row) => row.description },
        { key: "expire_at", title: t("lists.expire"), render: (row) => instantOf(row.expire_at, i18n.language) || t("lists.never") },
      ]}
      nameOf={(row) => row.number ?? ""}
      blank={{ number: "", description: "", expire_at: null as number | null }}
      toForm={(row) => ({ number: row.number ?? "", description: row.description ?? "", expire_at: row.expire_at ? Number(row.expire_at) : null })}
      check={(values) => wrong({ number: required(values.number) })}
      addTitle={t("lists.addNumber")}
      editTitle={t("lists.editNumber")}
      fields={(form) => {
        const expires = form.getValues().expire_at;
        return (
          <>
            <TextInput label={t("lists.number")} required data-autofocus {...form.getInputProps("number")} />
            <TextInput label={t("description")} {...form.getInputProps("description")} />
            <Switch
              label={t("calendars.temporary")}
              checked={expires !== null}
              onChange={(event) => form.setFieldValue("expire_at", event.currentTarget.checked ? Date.now() + 7 * 86_400_000 : null)}
            />
            {expires !== null && (
              <DateTimePicker label={t("lists.expire")} value={new Date(expires)} onChange={(value) => value && form.setFieldValue("expire_at", new Date(value).getTime())} error={form.errors["expire_at"]} />
            )}
          </>
        );
      }}
      empty={t("lists.noNumbers")}
    />
  );
}
