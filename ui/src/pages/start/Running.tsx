/** Queues that ring people, or would if something were not in their way, with live figures. */
import { Anchor, Badge, Group, Paper, SimpleGrid, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { PhoneCall } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type Live, useQueues } from "~/api/feed";

const SHOWN = 6;

export function Running() {
  const { t } = useTranslation();
  const known = useQueues();
  const running = Object.values(known ?? {}).filter((one) => one.enabled || one.active > 0);
  if (running.length === 0) return null;
  const active = running.reduce((sum, one) => sum + one.active, 0);
  const shown = [...running].sort((a, b) => b.active - a.active || a.name.localeCompare(b.name)).slice(0, SHOWN);
  return (
    <section aria-labelledby="running">
      <Group gap="sm" mb="sm">
        <Title order={2} size="h5" id="running">
          {t(active ? "start.running" : "start.ready")}
        </Title>
        <Badge variant="light" color={active ? "teal" : "gray"} tt="none" leftSection={<PhoneCall size={12} aria-hidden />}>
          {t("start.calls", { count: active })}
        </Badge>
        {running.length > SHOWN && (
          <Anchor size="sm" renderRoot={(rest) => <Link to="/contact-center/queues" {...rest} />}>
            {t("start.every", { count: running.length })}
          </Anchor>
        )}
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} mb="lg">
        {shown.map((live) => (
          <Queue key={live.id} live={live} />
        ))}
      </SimpleGrid>
    </section>
  );
}

function Queue({ live }: { live: Live }) {
  const { t, i18n } = useTranslation();
  const number = (value: number) => value.toLocaleString(i18n.language, { maximumFractionDigits: 1 });
  const figures: [string, string][] = [
    [t("board.active"), number(live.active)],
    [t("board.waiting"), number(live.waiting)],
    [t("board.done"), number(live.done)],
    [t("board.rate"), live.calls ? `${number(Math.round(live.answer_rate * 100))} %` : "–"],
  ];
  return (
    <Paper withBorder p="md">
      <Anchor fw={600} renderRoot={(rest) => <Link to={`/contact-center/queues/${live.id}/board`} {...rest} />}>
        {live.name}
      </Anchor>
      <Group gap="lg" mt="xs" wrap="nowrap">
        {figures.map(([name, value]) => (
          <div key={name}>
            <Text fz={22} fw={650} lh={1.2} style={{ fontVariantNumeric: "tabular-nums" }}>
              {value}
            </Text>
            <Text size="xs" c="dimmed">
              {name}
            </Text>
          </div>
        ))}
      </Group>
      {live.why_idle && (
        <Text size="sm" mt="xs" c="dimmed" lineClamp={2} title={live.why_idle}>
          {live.why_idle}
        </Text>
      )}
    </Paper>
  );
}
