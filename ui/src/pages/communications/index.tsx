/** Communication types: what kind of number a member has. */
import { Badge, Radio, Select, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Tags } from "lucide-react";
import { useTranslation } from "react-i18next";
import { communicationTypes as noun } from "~/api/nouns";
import type { Row } from "~/api/noun";
import { chosenText, required, wrong } from "~/kit/checks";
import { Columns } from "~/kit/Fields";
import { keyOf, ListPage, nameColumn } from "~/kit/ListPage";
import { RecordPage, type Tab } from "~/kit/RecordPage";
import { sayFailed } from "~/kit/say";

type Type = Row<"/call_center/communication_type">;
const PATH = "/lookups/communications";
const CHANNELS = ["Phone", "Email", "Messaging"];

export function CommunicationTypeList() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const makeDefault = (row: Type) =>
    noun
      .patch(row.id ?? "", { default: true })
      .catch(sayFailed)
      .finally(() => void client.invalidateQueries({ queryKey: keyOf(noun) }));
  return (
    <ListPage
      title={t("communications.all")}
      icon={Tags}
      noun={noun}
      columns={[
        nameColumn(t("name"), PATH),
        { key: "channel", title: t("communications.channel"), render: (row) => <Badge variant="light">{t(`channels.${row.channel}`)}</Badge> },
        { key: "code", title: t("communications.code"), render: (row) => row.code },
        {
          key: "default",
          title: t("communications.default"),
          render: (row) => (
            <Radio aria-label={t("communications.makeDefault", { name: row.name })} checked={row.default ?? false} onChange={() => void makeDefault(row)} />
          ),
        },
        { key: "description", title: t("description"), render: (row) => row.description },
      ]}
      path={PATH}
      emptyText={t("communications.empty")}
    />
  );
}

interface Values {
  name: string;
  channel: string;
  code: string;
  description: string;
  default: boolean;
}

export function CommunicationType() {
  const { t } = useTranslation();
  const tabs: Tab<Values>[] = [
    {
      key: "general",
      title: t("record.general"),
      render: (form, saved) => (
        <Columns>
          <TextInput label={t("name")} required {...form.getInputProps("name")} />
          <Select label={t("communications.channel")} required data={CHANNELS.map((value) => ({ value, label: t(`channels.${value}`) }))} disabled={saved !== null} {...form.getInputProps("channel")} />
          <TextInput label={t("communications.code")} description={t("communications.codeHint")} required {...form.getInputProps("code")} />
          <Textarea label={t("description")} autosize minRows={2} {...form.getInputProps("description")} />
        </Columns>
      ),
    },
  ];
  return (
    <RecordPage
      noun={noun}
      listPath={PATH}
      listTitle={t("nav.communications")}
      newTitle={t("communications.new")}
      blank={{ name: "", channel: "Phone", code: "", description: "", default: false }}
      toForm={(row) => ({
        name: row.name ?? "",
        channel: row.channel ?? "",
        code: row.code ?? "",
        description: row.description ?? "",
        default: row.default ?? false,
      })}
      check={(values) => wrong({ name: required(values.name), channel: chosenText(values.channel), code: required(values.code) })}
      tabs={tabs}
    />
  );
}
