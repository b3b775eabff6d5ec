/** Every save made a version: compare one with the drawing, block by block and as JSON, or take it back. */
import { Alert, Badge, Button, CloseButton, Group, Loader, Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { request } from "~/api/http";
import { sayDone, sayFailed, textOf } from "~/kit/say";
import { instantOf } from "~/kit/times";
import { titleOf } from "./catalogue";
import { decompile } from "./checking";
import { type Block, type Drawing, isDrawing } from "./drawing";
import classes from "./editor.module.css";
import { useEditor } from "./store";
import { differencesOf, removedFrom } from "./versions";

interface Version {
  version?: number;
  created_at?: string;
  created_by?: { name?: string };
  note?: string;
  schema?: unknown[];
  payload?: unknown;
}

export default function Versions({ id, onClose }: { id: string; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const now = useEditor((state) => state.history.now);
  const compare = useEditor((state) => state.compare);
  const [shown, setShown] = useState<{ version: number; drawing: Drawing } | null>(null);
  const found = useQuery({
    queryKey: ["versions", id, "all"],
    queryFn: async ({ signal }) => (await request("get", "/routing/schema/{parent}/versions" as never, { params: { parent: id }, query: { size: 100 }, signal } as never)) as { items?: Version[] },
    staleTime: 0,
  });
  useEffect(() => {
    compare(shown ? differencesOf(shown.drawing, now) : {});
    return () => compare({});
  }, [shown, now, compare]);
  const drawn = async (one: Version): Promise<Drawing> => (isDrawing(one.payload) ? one.payload : decompile(one.schema ?? []));
  const show = (one: Version) =>
    void drawn(one).then((drawing) => setShown(shown?.version === one.version ? null : { version: one.version ?? 0, drawing })).catch(sayFailed);
  const restore = (one: Version) =>
    void drawn(one)
      .then((drawing) => {
        useEditor.getState().act(() => drawing);
        setShown(null);
        sayDone(t("flows.restored", { version: one.version }));
      })
      .catch(sayFailed);
  return (
    <section className={classes["side"]} aria-label={t("flows.versions")}>
      <div className={classes["sideHead"]}>
        <Text fw={600} flex={1}>
          {t("flows.versions")}
        </Text>
        <CloseButton aria-label={t("flows.closeVersions")} onClick={onClose} />
      </div>
      <div className={classes["sideBody"]}>
        {found.error && <Alert color="red">{textOf(found.error)}</Alert>}
        {found.isPending && <Loader aria-label={t("loading")} />}
        {found.data && (found.data.items ?? []).length === 0 && <Text c="dimmed">{t("flows.versionsEmpty")}</Text>}
        {found.data?.items?.map((one) => (
          <Paper key={one.version} withBorder p="sm">
            <Group justify="space-between">
              <Text fw={600} size="sm">
                {t("flows.version", { version: one.version })}
              </Text>
              <Text size="xs" c="dimmed">
                {instantOf(one.created_at, i18n.language)} {one.created_by?.name ?? ""}
              </Text>
            </Group>
            {one.note && <Text size="sm">{one.note}</Text>}
            <Group gap="xs" mt="xs">
              <Button size="compact-sm" variant={shown?.version === one.version ? "filled" : "default"} onClick={() => show(one)}>
                {shown?.version === one.version ? t("flows.diff.stop") : t("flows.compare")}
              </Button>
              <Button size="compact-sm" variant="default" onClick={() => restore(one)}>
                {t("flows.restore")}
              </Button>
            </Group>
            {shown !== null && shown.version === one.version && <Differences before={shown.drawing} now={now} />}
          </Paper>
        ))}
      </div>
    </section>
  );
}

const COLOURS = { added: "green", changed: "yellow", removed: "red" } as const;

function Differences({ before, now }: { before: Drawing; now: Drawing }) {
  const { t } = useTranslation();
  const differences = differencesOf(before, now);
  const of = (kind: string) => now.nodes.filter((block) => differences[block.id] === kind);
  const groups: [keyof typeof COLOURS, Block[]][] = [["added", of("added")], ["changed", of("changed")], ["removed", removedFrom(before, now)]];
  if (groups.every(([, blocks]) => blocks.length === 0)) return <Text size="sm" mt="xs">{t("flows.diff.same")}</Text>;
  return (
    <Stack gap={4} mt="xs">
      {groups.map(([kind, blocks]) => blocks.length > 0 && (
        <div key={kind}>
          <Badge color={COLOURS[kind]} variant="light" tt="none">
            {t(`flows.diff.${kind}`)}
          </Badge>
          {blocks.map((block) => (
            <Text key={block.id} size="sm" pl="xs" truncate>
              {titleOf(block.app)} {block.id} <Text span c="dimmed" size="xs" ff="monospace">{JSON.stringify(block.args ?? "")}</Text>
            </Text>
          ))}
        </div>
      ))}
    </Stack>
  );
}
