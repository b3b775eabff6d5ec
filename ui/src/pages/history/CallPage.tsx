/** One call: what happened, what was said, what the flow did, what went over the wire. */
import { Anchor, Badge, Box, Breadcrumbs, Group, Loader, Paper, Skeleton, Table, Tabs, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { linkTo } from "~/api/http";
import { textOf } from "~/kit/say";
import { durationOf } from "~/kit/times";
import type { CallRow } from "./columns";
import classes from "./history.module.css";
import { calls } from "./index";
import { Ladder } from "./Ladder";

const Player = lazy(() => import("~/kit/player/Player"));

interface Step {
  flow?: string;
  schema_id?: string;
  path?: string;
  app?: string;
  tag?: string;
  at?: number;
  ms?: number;
  result?: string;
  args?: unknown;
  set?: Record<string, string>;
}
type Whole = CallRow & { flow_trace?: Step[]; sip_trace?: string; ringing_at?: string; schemas?: { id?: string; name?: string }[]; hangup_phrase?: string };

export function CallPage() {
  const { id = "", tab = "info" } = useParams({ strict: false });
  const { t } = useTranslation();
  const navigate = useNavigate();
  const found = useQuery({ queryKey: ["call", id], queryFn: ({ signal }) => calls.get(id, signal) as Promise<Whole> });
  if (found.error) {
    return (
      <Box className="page" role="alert">
        <Text c="red">{textOf(found.error)}</Text>
        <Link to="/history">{t("errors.toList")}</Link>
      </Box>
    );
  }
  const call = found.data;
  if (!call) return <Loader m="xl" aria-label={t("loading")} />;
  return (
    <Box className="page" style={{ height: "auto" }}>
      <Breadcrumbs mb={4} fz="sm">
        <Link to="/history" className="quiet">
          {t("nav.history")}
        </Link>
        <Text size="sm" c="dimmed">
          {call.destination}
        </Text>
      </Breadcrumbs>
      <Group mb="md" gap="sm">
        <Title order={1} size="h3">
          {call.to?.name || call.destination}
        </Title>
        <Badge variant="light" tt="none" color={call.cause === "NORMAL_CLEARING" ? "green" : "red"}>
          {call.cause}
        </Badge>
        {call.result && (
          <Badge variant="dot" tt="none" color={call.result === "success" ? "green" : "yellow"}>
            {t(`results.${call.result}`, { defaultValue: call.result })}
          </Badge>
        )}
      </Group>
      {(call.files ?? []).map((file) => (
        <Box key={file.id} mb="md">
          <Suspense fallback={<Skeleton height={110} />}>
            <Player stereo src={linkTo("/storage/recordings/{id}/stream", { id: file.id ?? "" })} name={file.name ?? ""} />
          </Suspense>
        </Box>
      ))}
      <Paper withBorder className="sheet">
        <Tabs value={tab} onChange={(chosen) => chosen && void navigate({ to: `/history/${id}/${chosen}`, replace: true })} keepMounted={false}>
          <Tabs.List>
            <Tabs.Tab value="info">{t("history.info")}</Tabs.Tab>
            <Tabs.Tab value="flow">{t("history.flow")}</Tabs.Tab>
            <Tabs.Tab value="sip" disabled={!call.sip_trace}>
              SIP
            </Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="info" p="lg">
            <Info call={call} />
          </Tabs.Panel>
          <Tabs.Panel value="flow" p="lg">
            <Trace call={call} />
          </Tabs.Panel>
          <Tabs.Panel value="sip" p="lg">
            <Ladder trace={call.sip_trace ?? ""} />
          </Tabs.Panel>
        </Tabs>
      </Paper>
    </Box>
  );
}

function Info({ call }: { call: Whole }) {
  const { t, i18n } = useTranslation();
  const exact = new Intl.DateTimeFormat(i18n.language, { dateStyle: "medium", timeStyle: "medium" });
  const time = (ms: string | undefined) => (ms ? exact.format(Number(ms)) : "–");
  const facts: [string, ReactNode][] = [
    [t("history.destination"), call.destination],
    [t("history.from"), call.from?.number || "–"],
    [t("history.queue"), call.queue?.name],
    [t("history.gateway"), call.gateway?.name],
    [t("history.date"), time(call.created_at)],
    [t("history.ringing"), time(call.ringing_at)],
    [t("history.answered"), time(call.answered_at)],
    [t("history.hangup"), time(call.hangup_at)],
    [t("history.duration"), durationOf(call.duration ?? 0)],
    [t("history.talk"), durationOf(call.talk_sec ?? 0)],
    [t("history.sipCode"), [call.sip_code, call.hangup_phrase].filter(Boolean).join(" ") || "–"],
    [t("history.hangupBy"), call.hangup_by ? t(`history.by.${call.hangup_by}`, { defaultValue: call.hangup_by }) : "–"],
    [t("history.disposition"), call.disposition || "–"],
    [t("history.attemptId"), call.attempt_id],
  ];
  const variables = Object.entries(call.variables ?? {});
  return (
    <>
      <div className={classes["facts"]}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <Text size="xs" c="dimmed">
              {name}
            </Text>
            <Text size="sm">{value}</Text>
          </div>
        ))}
      </div>
      <Title order={2} size="h6" mt="xl" mb="xs">
        {t("history.variables")}
      </Title>
      {variables.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("history.noVariables")}
        </Text>
      ) : (
        <Table maw={640}>
          <Table.Tbody>
            {variables.map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Td w={220}>{name}</Table.Td>
                <Table.Td>{value}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </>
  );
}

/** Each step with its time from the first one, what it was given and what it changed. */
function Trace({ call }: { call: Whole }) {
  const { t } = useTranslation();
  const steps = call.flow_trace ?? [];
  const start = steps[0]?.at ?? 0;
  const names = Object.fromEntries((call.schemas ?? []).map((schema) => [schema.id ?? "", schema.name ?? ""]));
  if (steps.length === 0) return <Text c="dimmed">{t("history.noFlow")}</Text>;
  return (
    <Table className={classes["step"]} verticalSpacing={5}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("history.after")}</Table.Th>
          <Table.Th>{t("nav.flows")}</Table.Th>
          <Table.Th>{t("history.step")}</Table.Th>
          <Table.Th>{t("history.given")}</Table.Th>
          <Table.Th>{t("history.result")}</Table.Th>
          <Table.Th>{t("history.changed")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {steps.map((step, at) => (
          <Table.Tr key={at}>
            <Table.Td>{(((step.at ?? start) - start) / 1000).toFixed(2)} s</Table.Td>
            <Table.Td>
              <Anchor size="xs" renderRoot={(rest) => <Link to={`/routing/flow/${step.schema_id}`} {...rest} />}>
                {names[step.schema_id ?? ""] ?? step.flow}
              </Anchor>
            </Table.Td>
            <Table.Td title={step.path}>{step.app}</Table.Td>
            <Table.Td style={{ maxWidth: 380, overflowWrap: "anywhere" }}>{typeof step.args === "string" ? step.args : JSON.stringify(step.args ?? "")}</Table.Td>
            <Table.Td c={step.result?.startsWith("failed") ? "red" : undefined}>{step.result}</Table.Td>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{Object.entries(step.set ?? {}).map(([name, value]) => `${name}=${value}`).join(" ")}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
