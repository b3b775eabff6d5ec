/** Change logs: who changed what, from where, and what it was before. */
import { ActionIcon, Badge, Code, Modal, Stack, Text, Tooltip } from "@mantine/core";
import { Eye, ScrollText } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { request } from "~/api/http";
import type { Link, Noun, Page } from "~/api/noun";
import { ListPage, type Named } from "~/kit/ListPage";
import { instantOf } from "~/kit/times";
import { differences } from "./differences";

type Change = Named & {
  action?: string;
  date?: string;
  user?: Link;
  user_ip?: string;
  object?: string;
  record?: Link;
  part?: string;
  count?: number;
  old_state?: string;
  new_state?: string;
};

const never = () => Promise.reject(new Error("The log is only read."));
const noun: Noun<Change> = {
  path: "/logger/logs",
  async list(query, signal) {
    const found = (await request("get", "/logger/logs", { query, signal })) as Partial<Page<Change>>;
    return { items: found.items ?? [], next: found.next ?? false };
  },
  get: never, create: never, replace: never, patch: never, remove: never,
};
const COLOURS: Record<string, string> = { create: "green", update: "violet", delete: "red" };

export function ChangeLogs() {
  const { t, i18n } = useTranslation();
  const [open, setOpen] = useState<Change | null>(null);
  return (
    <>
      <ListPage
        title={t("nav.changelogs")}
        icon={ScrollText}
        noun={noun}
        canDelete={false}
        columns={[
          { key: "date", title: t("history.date"), render: (row) => instantOf(row.date, i18n.language) },
          { key: "user", title: t("changelogs.user"), sort: false, render: (row) => row.user?.name },
          { key: "user_ip", title: t("changelogs.from"), sort: false, render: (row) => row.user_ip },
          { key: "action", title: t("changelogs.action"), sort: false, render: (row) => <Badge variant="light" tt="none" color={COLOURS[row.action ?? ""] ?? "gray"}>{t(`changelogs.actions.${row.action}`, { defaultValue: row.action ?? "" })}</Badge> },
          { key: "object", title: t("roles.object"), sort: false, render: (row) => t(`roles.classes.${row.object}`, { defaultValue: row.object ?? "" }) },
          { key: "record", title: t("changelogs.record"), sort: false, render: (row) => [row.record?.name ?? row.record?.id, row.part, row.count && row.count > 1 ? `× ${row.count}` : ""].filter(Boolean).join(" · ") },
        ]}
        rowActions={(row) => (
          <Tooltip label={t("changelogs.show")}>
            <ActionIcon aria-label={t("changelogs.show")} onClick={() => setOpen(row)}>
              <Eye size={16} />
            </ActionIcon>
          </Tooltip>
        )}
        emptyText={t("changelogs.empty")}
      />
      <Modal opened={open !== null} onClose={() => setOpen(null)} title={open?.record?.name ?? t("changelogs.show")} size="lg">
        {open && <Differences change={open} />}
      </Modal>
    </>
  );
}

function Differences({ change }: { change: Change }) {
  const { t } = useTranslation();
  const found = differences(change.old_state, change.new_state);
  if (found.length === 0) return <Text c="dimmed">{t("changelogs.nothing")}</Text>;
  return (
    <Stack gap="sm">
      {found.map((one) => (
        <div key={one.field}>
          <Text size="sm" fw={600}>
            {one.field}
          </Text>
          <Code block>{`${one.before || "–"}  →  ${one.after || "–"}`}</Code>
        </div>
      ))}
    </Stack>
  );
}
