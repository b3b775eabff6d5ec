/** The calls of a queue that are up, longest first, each with hang-up. */
import { ActionIcon, Badge, Table, Text, Tooltip } from "@mantine/core";
import { PhoneOff } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { request } from "~/api/http";
import { sayFailed } from "~/kit/say";
import { durationOf } from "~/kit/times";
import type { Calls, Up } from "./stages";

const SHOWN = 100;

export function ActiveCalls({ calls }: { calls: Calls }) {
  const { t } = useTranslation();
  const now = useNow();
  const all = Object.values(calls).sort((a, b) => a.since - b.since);
  if (all.length === 0) return <Text c="dimmed" size="sm">{t("board.noCalls")}</Text>;
  return (
    <Table.ScrollContainer minWidth={440} mah={420}>
      <Table aria-label={t("board.calls")} horizontalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("board.number")}</Table.Th>
            <Table.Th>{t("board.member")}</Table.Th>
            <Table.Th>{t("board.state")}</Table.Th>
            <Table.Th ta="right">{t("board.since")}</Table.Th>
            <Table.Th aria-label={t("board.hangUp")} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {all.slice(0, SHOWN).map((call) => (
            <Call key={call.call_id} call={call} now={now} />
          ))}
        </Table.Tbody>
      </Table>
      {all.length > SHOWN && <Text size="sm" c="dimmed" p="xs">{t("board.more", { count: all.length - SHOWN })}</Text>}
    </Table.ScrollContainer>
  );
}

function Call({ call, now }: { call: Up; now: number }) {
  const { t } = useTranslation();
  const [ended, setEnded] = useState(false);
  const hangUp = async () => {
    setEnded(true);
    try {
      await request("delete", "/calls/active/{id}", { params: { id: call.call_id }, body: {} });
    } catch (error) {
      setEnded(false);
      sayFailed(error, call.destination);
    }
  };
  return (
    <Table.Tr>
      <Table.Td>{call.destination}</Table.Td>
      <Table.Td maw={130}>
        <Text size="sm" truncate>
          {call.member}
        </Text>
      </Table.Td>
      <Table.Td>
        <Badge variant="light" tt="none" miw="max-content" color={call.state === "bridged" ? "teal" : "violet"}>
          {t(`board.states.${call.state}`)}
        </Badge>
      </Table.Td>
      <Table.Td ta="right" ff="monospace">
        {durationOf(Math.max(0, Math.floor((now - call.since) / 1000)))}
      </Table.Td>
      <Table.Td w={48}>
        <Tooltip label={t("board.hangUp")}>
          <ActionIcon color="red" disabled={ended} aria-label={t("board.hangUpOf", { number: call.destination })} onClick={() => void hangUp()}>
            <PhoneOff size={16} />
          </ActionIcon>
        </Tooltip>
      </Table.Td>
    </Table.Tr>
  );
}

function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}
