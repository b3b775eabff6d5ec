/** The board of a queue: what it does right now, how it goes, and the orders that change it. */
import { Alert, Anchor, Badge, Box, Breadcrumbs, Button, Group, Loader, Paper, Progress, SimpleGrid, Skeleton, Stack, Table, Text, Title } from "@mantine/core";
import { Link as To, useParams } from "@tanstack/react-router";
import { CirclePause, Unplug, UsersRound } from "lucide-react";
import { lazy, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Figures, Live } from "~/api/feed";
import { textOf } from "~/kit/say";
import { PATH } from "../queues/form";
import { ActiveCalls } from "./ActiveCalls";
import { Orders } from "./Orders";
import { useBoard } from "./useBoard";

const Chart = lazy(() => import("./Charts"));

export function QueueBoard() {
  const { id = "" } = useParams({ strict: false });
  const { t } = useTranslation();
  const { live, charts, calls, reached, error } = useBoard(id);
  if (!live) {
    return error ? (
      <Box className="page" role="alert">
        <Text mb="md">{textOf(error)}</Text>
        <Anchor renderRoot={(rest) => <To to={PATH} {...rest} />}>{t("errors.toList")}</Anchor>
      </Box>
    ) : (
      <Loader m="xl" aria-label={t("loading")} />
    );
  }
  return (
    <Box className="page" style={{ height: "auto" }}>
      <Breadcrumbs mb={4} fz="sm">
        <To to={PATH} className="quiet">
          {t("nav.queues")}
        </To>
        <To to={`${PATH}/${id}`} className="quiet">
          {live.name}
        </To>
        <Text size="sm" c="dimmed">
          {t("board.title")}
        </Text>
      </Breadcrumbs>
      <Group justify="space-between" mb="md">
        <Group gap="sm" wrap="nowrap" miw={0}>
          <Title order={1} size="h3" lineClamp={1}>
            {live.name}
          </Title>
          <Badge color={live.enabled ? "teal" : "gray"} variant="light" tt="none">
            {t(live.enabled ? "board.on" : "board.off")}
          </Badge>
        </Group>
        <Group gap="xs">
          <Button variant="default" leftSection={<UsersRound size={16} aria-hidden />} renderRoot={(rest) => <To to={`${PATH}/${id}/members`} {...rest} />}>
            {t("queues.members")}
          </Button>
          <Orders live={live} />
        </Group>
      </Group>
      <Stack gap="md">
        {!reached && (
          <Alert color="yellow" styles={{ title: { color: "var(--mantine-color-text)" } }} icon={<Unplug size={18} aria-hidden />} role="status">
            {t("board.unreached")}
          </Alert>
        )}
        {live.why_idle && (
          <Alert color="yellow" styles={{ title: { color: "var(--mantine-color-text)" } }} icon={<CirclePause size={18} aria-hidden />} title={t("board.whyIdle")} role="status">
            {live.why_idle}
          </Alert>
        )}
        <Tiles live={live} />
        <SimpleGrid cols={{ base: 1, lg: 2 }}>
          <Sheet title={`${t("board.calls")} (${Object.keys(calls).length})`}>
            <ActiveCalls calls={calls} />
          </Sheet>
          <Sheet title={t("board.lines")}>
            <Lines live={live} />
          </Sheet>
        </SimpleGrid>
        {charts && <Charts charts={charts} live={live} />}
      </Stack>
    </Box>
  );
}

function Sheet({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h5" mb="sm">
        {title}
      </Title>
      {children}
    </Paper>
  );
}

export function Tiles({ live }: { live: Live }) {
  const { t, i18n } = useTranslation();
  const number = (value: number, digits = 0) => value.toLocaleString(i18n.language, { maximumFractionDigits: digits });
  const limit = live.calls_per_second_limit;
  const tiles: [string, string, string?][] = [
    [t("board.active"), number(live.active)],
    [t("board.waiting"), number(live.waiting)],
    [t("board.done"), number(live.done), t("board.ofMembers", { count: live.count })],
    [t("board.rate"), live.calls ? `${number(live.answer_rate * 100)} %` : "–", t("board.answeredOf", { answered: number(live.answered), calls: number(live.calls) })],
    [t("board.speed"), number(live.calls_per_second, 1), limit ? t("board.atMost", { limit: number(limit, 1) }) : t("board.noLimit")],
  ];
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }}>
      {tiles.map(([name, value, note]) => (
        <Paper key={name} withBorder p="md">
          <Text size="sm" c="dimmed">
            {name}
          </Text>
          <Text fz={28} fw={650} lh={1.25} style={{ fontVariantNumeric: "tabular-nums" }}>
            {value}
          </Text>
          <Text size="xs" c="dimmed">
            {note}
          </Text>
        </Paper>
      ))}
    </SimpleGrid>
  );
}

/** Lines of each resource that are taken, of how many; what other queues take counts too. */
function Lines({ live }: { live: Live }) {
  const { t } = useTranslation();
  if (live.resources.length === 0) return <Text c="dimmed" size="sm">{t("board.noResources")}</Text>;
  return (
    <Stack gap="sm">
      {live.resources.map((one) => (
        <Box key={one.id}>
          <Group justify="space-between" gap="xs" mb={4}>
            <Text size="sm" fw={550}>
              {one.name} {!one.enabled && <Badge size="sm" color="red" variant="light" tt="none">{t("board.resourceOff")}</Badge>}
            </Text>
            <Text size="sm" c="dimmed">
              {one.limit < 0 ? t("board.linesFree", { lines: one.lines }) : t("board.linesOf", { lines: one.lines, all: one.lines_all, limit: one.limit })}
            </Text>
          </Group>
          {one.limit > 0 && <Progress value={Math.min(100, (one.lines_all / one.limit) * 100)} aria-label={t("board.linesLabel", { name: one.name })} />}
        </Box>
      ))}
    </Stack>
  );
}

function Charts({ charts, live }: { charts: Figures; live: Live }) {
  const { t, i18n } = useTranslation();
  const hour = new Intl.DateTimeFormat(i18n.language, { hour: "2-digit", minute: "2-digit" });
  const causes = live.causes.slice(0, 8);
  const wait = <Skeleton h={240} />;
  const both = (points: { calls: number; answered: number }[]) => [
    { name: t("board.callsMade"), values: points.map((point) => point.calls) },
    { name: t("board.answered"), values: points.map((point) => point.answered) },
  ];
  if (live.attempts === 0) return <Sheet title={t("board.day")}><Text c="dimmed" size="sm">{t("board.nothingYet")}</Text></Sheet>;
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }}>
      <Sheet title={t("board.byHour")}>
        <Suspense fallback={wait}>
          <Chart label={t("board.byHour")} categories={charts.by_hour.map((point) => hour.format(Number(point.hour)))} series={both(charts.by_hour)} />
        </Suspense>
      </Sheet>
      <Sheet title={t("board.byAttempt")}>
        <Suspense fallback={wait}>
          <Chart label={t("board.byAttempt")} categories={charts.by_attempt.map((point) => (point.attempt >= 10 ? "10+" : String(point.attempt)))} series={both(charts.by_attempt)} />
        </Suspense>
      </Sheet>
      <Sheet title={t("board.byCause")}>
        <Suspense fallback={wait}>
          <Chart label={t("board.byCause")} lying categories={causes.map((one) => one.name)} series={[{ name: t("board.attempts"), values: causes.map((one) => one.count) }]} />
        </Suspense>
      </Sheet>
      <Sheet title={t("board.results")}>
        <Table>
          <Table.Tbody>
            {live.results.map((one) => (
              <Table.Tr key={one.name}>
                <Table.Td>{t(`members.causes.${one.name}`, { defaultValue: one.name })}</Table.Td>
                <Table.Td ta="right">{one.count.toLocaleString(i18n.language)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Sheet>
    </SimpleGrid>
  );
}
