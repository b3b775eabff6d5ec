/** Buckets: slices of a queue's members. */
import { Boxes } from "lucide-react";
import { useTranslation } from "react-i18next";
import { buckets as noun } from "~/api/nouns";
import { required, wrong } from "~/kit/checks";
import { NameAndDescription } from "~/kit/Fields";
import { ListPage, nameColumn } from "~/kit/ListPage";
import { RecordPage, type Tab } from "~/kit/RecordPage";

const PATH = "/lookups/buckets";

export function BucketList() {
  const { t } = useTranslation();
  return (
    <ListPage
      title={t("buckets.all")}
      icon={Boxes}
      noun={noun}
      columns={[
        nameColumn(t("name"), PATH),
        { key: "description", title: t("description"), render: (row) => row.description },
      ]}
      path={PATH}
      emptyText={t("buckets.empty")}
    />
  );
}

interface Values {
  name: string;
  description: string;
}

export function Bucket() {
  const { t } = useTranslation();
  const tabs: Tab<Values>[] = [
    { key: "general", title: t("record.general"), render: (form) => <NameAndDescription field={form.getInputProps} /> },
  ];
  return (
    <RecordPage
      noun={noun}
      listPath={PATH}
      listTitle={t("nav.buckets")}
      newTitle={t("buckets.new")}
      blank={{ name: "", description: "" }}
      toForm={(row) => ({ name: row.name ?? "", description: row.description ?? "" })}
      check={(values) => wrong({ name: required(values.name) })}
      tabs={tabs}
    />
  );
}
