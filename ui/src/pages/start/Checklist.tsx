/** A first visit shows what is missing to make the first call; it goes away when nothing is. */
import { Paper, Progress, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Circle, CircleCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Noun, Page } from "~/api/noun";
import { calendars, gateways, groups, media, queues, resources, schemas } from "~/api/nouns";
import { ApiError } from "~/api/http";
import { type Facts, stepsOf } from "./steps";
import classes from "./start.module.css";

const SEEN = 100;

/** The first of them; of what somebody may not read nothing is asked of them either, so it counts as there. */
async function first<R>(noun: Noun<R>, signal: AbortSignal, size = 1): Promise<R[]> {
  try {
    const found: Page<R> = await noun.list({ size }, signal);
    return found.items;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return [{ enabled: true, count: 1 } as R];
    throw error;
  }
}

async function read(signal: AbortSignal): Promise<Facts> {
  const [sounds, flows, trunks, lines, sets, hours, all] = await Promise.all([
    first(media, signal), first(schemas, signal), first(gateways, signal), first(resources, signal, SEEN),
    first(groups, signal), first(calendars, signal), first(queues, signal, SEEN),
  ]);
  return { media: sounds.length, flows: flows.length, gateways: trunks.length, resources: lines, groups: sets.length, calendars: hours.length, queues: all };
}

export function Checklist() {
  const { t } = useTranslation();
  const facts = useQuery({ queryKey: ["start", "facts"], queryFn: ({ signal }) => read(signal), staleTime: 0 });
  if (!facts.data) return null;
  const steps = stepsOf(facts.data);
  const done = steps.filter((step) => step.done).length;
  if (done === steps.length) return null;
  return (
    <Paper withBorder p="lg" mb="md">
      <Title order={2} size="h5">
        {t("start.checklist")}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {t("start.progress", { done, all: steps.length })}
      </Text>
      <Progress value={(done / steps.length) * 100} mb="sm" aria-label={t("start.checklist")} />
      <ol className={classes["steps"]}>
        {steps.map((step) => (
          <li key={step.key}>
            <Link to={step.path} className={classes["link"]} data-done={step.done || undefined}>
              {step.done ? <CircleCheck size={18} aria-label={t("start.done")} /> : <Circle size={18} aria-label={t("start.toDo")} />}
              {t(`start.steps.${step.key}`)}
            </Link>
          </li>
        ))}
      </ol>
    </Paper>
  );
}
