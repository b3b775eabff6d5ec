/** Buckets: slices of a queue's members. */
import { Textarea, TextInput } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { Boxes } from "lucide-react";
import { useTranslation } from "react-i18next";
import { buckets as noun } from "~/api/nouns";
import { required, wrong } from "~/kit/checks";
import { Columns } from "~/kit/Fields";
import { ListPage, NameLink } from "~/kit/ListPage";
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
        { key: "name", title: t("name"), render: (row) => <NameLink to={`${PATH}/${row.id}`}>{row.name}</NameLink> },
        { key: "description", title: t("description"), render: (row) => row.description },
      ]}
      pathOf={(row) => `${PATH}/${row.id}`}
      add={`${PATH}/new`}
      emptyText={t("buckets.empty")}
    />
  );
}

interface Values {
  name: string;
  description: string;
}

export function Bucket() {
  const { id = "new", tab } = useParams({ strict: false });
  const { t } = useTranslation();
  const tabs: Tab<Values>[] = [
    {
      key: "general",
      title: t("record.general"),
      render: (form) => (
        <Columns>
          <TextInput label={t("name")} required {...form.getInputProps("name")} />
          <Textarea label={t("description")} autosize minRows={2} {...form.getInputProps("description")} />
        </Columns>
      ),
    },
  ];
  return (
    <RecordPage
      noun={noun}
      id={id}
      tab={tab}
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
