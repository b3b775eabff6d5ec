/** What a call's row can show; which of it is shown is the viewer's choice. */
import { Badge } from "@mantine/core";
import { PhoneOutgoing } from "lucide-react";
import type { TFunction } from "i18next";
import type { Row } from "~/api/noun";
import type { Column } from "~/kit/DataTable";
import { NameLink } from "~/kit/ListPage";
import { durationOf, instantOf } from "~/kit/times";

export type CallRow = Record<string, unknown> & Partial<Row<"/call_center/queues">> & {
  destination?: string;
  created_at?: string;
  answered_at?: string;
  hangup_at?: string;
  from?: { number?: string; name?: string };
  to?: { number?: string; name?: string };
  queue?: { name?: string };
  gateway?: { name?: string };
  member?: { name?: string };
  duration?: number;
  bill_sec?: number;
  talk_sec?: number;
  wait_sec?: number;
  cause?: string;
  sip_code?: number;
  hangup_by?: string;
  result?: string;
  disposition?: string;
  attempt_id?: string;
  member_id?: string;
  variables?: Record<string, string>;
  files?: { id?: string; name?: string }[];
};

export interface CallColumn extends Column<CallRow> {
  /** Fields of the service that it needs. */
  needs: string[];
  /** As text, for CSV. */
  text: (row: CallRow) => string;
}

export const FIRST = ["created_at", "direction", "from", "to", "queue", "duration", "talk_sec", "cause", "result"];
const GOOD = new Set(["NORMAL_CLEARING"]);

export function callColumns(t: TFunction, language: string): CallColumn[] {
  const plain = (key: string, title: string, text: (row: CallRow) => string, more: Partial<CallColumn> = {}): CallColumn => ({
    key, title, text, render: text, needs: [key], sort: false, ...more,
  });
  const time = (key: string, title: string) => plain(key, title, (row) => instantOf(row[key] as string, language), { sort: key });
  const seconds = (key: string, title: string) => plain(key, title, (row) => durationOf(Number(row[key] ?? 0)), { align: "right", sort: key });
  return [
    plain("created_at", t("history.date"), (row) => instantOf(row.created_at, language), {
      sort: "created_at",
      render: (row) => <NameLink to={`/history/${row.id}`}>{instantOf(row.created_at, language)}</NameLink>,
    }),
    plain("direction", t("history.direction"), () => "outbound", { render: () => <PhoneOutgoing size={16} aria-label={t("history.outbound")} /> }),
    plain("from", t("history.from"), (row) => row.from?.number ?? ""),
    plain("to", t("history.to"), (row) => row.to?.name ?? ""),
    plain("destination", t("history.destination"), (row) => row.destination ?? "", { sort: "destination" }),
    plain("queue", t("history.queue"), (row) => row.queue?.name ?? ""),
    plain("gateway", t("history.gateway"), (row) => row.gateway?.name ?? ""),
    seconds("duration", t("history.duration")),
    seconds("bill_sec", t("history.billing")),
    seconds("talk_sec", t("history.talk")),
    seconds("wait_sec", t("history.wait")),
    plain("cause", t("history.cause"), (row) => row.cause ?? "", {
      sort: "cause",
      render: (row) => (
        <Badge variant="light" tt="none" color={GOOD.has(row.cause ?? "") ? "green" : "gray"}>
          {row.cause}
        </Badge>
      ),
    }),
    plain("sip_code", t("history.sipCode"), (row) => String(row.sip_code ?? ""), { align: "right", sort: "sip_code" }),
    plain("result", t("history.result"), (row) => row.result ?? "", {
      sort: "result",
      render: (row) => (row.result ? <Badge variant="dot" tt="none" color={row.result === "success" ? "green" : "yellow"}>{t(`results.${row.result}`, { defaultValue: row.result })}</Badge> : null),
    }),
    plain("hangup_by", t("history.hangupBy"), (row) => (row.hangup_by ? t(`history.by.${row.hangup_by}`, { defaultValue: row.hangup_by }) : "")),
    plain("disposition", t("history.disposition"), (row) => row.disposition ?? ""),
    time("answered_at", t("history.answered")),
    time("hangup_at", t("history.hangup")),
    plain("member_id", t("history.memberId"), (row) => row.member_id ?? ""),
    plain("attempt_id", t("history.attemptId"), (row) => row.attempt_id ?? ""),
    plain("variables", t("history.variables"), (row) => Object.entries(row.variables ?? {}).map(([name, value]) => `${name}=${value}`).join(", ")),
  ];
}
