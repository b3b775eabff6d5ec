/** A flow as text: its name, its tags and the JSON that runs. */
import { Alert, Box, Breadcrumbs, Button, Group, Loader, TagsInput, Text, TextInput, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Waypoints } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { schemas as noun } from "~/api/nouns";
import { keyOf } from "~/kit/ListPage";
import { recordKey } from "~/kit/RecordPage";
import { sayDone, textOf } from "~/kit/say";
import { exported } from "./index";
import { fileNameOf, save as saveFile } from "./exchange";
import JsonEditor from "./JsonEditor";
import { type Found, FoundList } from "./Found";
import { useCatalogue, useJsonSchema } from "./language";
import { SaveFailed, useLeave } from "./leaving";
import { templateOf } from "./templates";

type Row = Awaited<ReturnType<typeof noun.get>>;

export default function CodePage({ id }: { id: string }) {
  const { t } = useTranslation();
  const isNew = id === "new";
  const found = useQuery({ queryKey: recordKey(noun, id), queryFn: ({ signal }) => noun.get(id, signal), enabled: !isNew, refetchOnWindowFocus: false });
  if (found.error) {
    return (
      <Box className="page">
        <Alert color="red">{textOf(found.error)}</Alert>
      </Box>
    );
  }
  if (!isNew && !found.data) return <Loader m="xl" aria-label={t("loading")} />;
  return <Code key={id} row={found.data} />;
}

interface Text {
  name: string;
  tags: string[];
  text: string;
}

function Code({ row }: { row: Row | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const search = useSearch({ strict: false }) as { type?: string; template?: string };
  const type = row?.type ?? search.type ?? "voice";
  const schema = useJsonSchema();
  const catalogue = useCatalogue();
  const [kept, setKept] = useState<Text>(() => ({
    name: row?.name ?? "",
    tags: (row?.tags ?? []).map((tag) => tag.name ?? ""),
    text: JSON.stringify(row?.schema ?? templateOf(search.template)?.schema ?? [], null, 2),
  }));
  const [now, setNow] = useState(kept);
  const [problems, setProblems] = useState<Found[]>((row?.problems ?? []) as Found[]);
  const [failed, setFailed] = useState<unknown>(null);
  const [nameError, setNameError] = useState("");
  const [busy, setBusy] = useState(false);
  const dirty = JSON.stringify(now) !== JSON.stringify(kept);
  const set = (change: Partial<Text>) => setNow((before) => ({ ...before, ...change }));

  const save = async (): Promise<boolean> => {
    setNameError(now.name.trim() ? "" : t("rules.required"));
    if (!now.name.trim()) return false;
    setBusy(true);
    setFailed(null);
    try {
      const body = { name: now.name.trim(), tags: now.tags.map((name) => ({ name })), type, schema: JSON.parse(now.text) as unknown };
      const saved = row?.id ? await noun.patch(row.id, body) : await noun.create({ ...body, editor: false });
      setKept(now);
      setProblems((saved.problems ?? []) as Found[]);
      client.setQueryData(recordKey(noun, saved.id ?? ""), saved);
      void client.invalidateQueries({ queryKey: keyOf(noun) });
      sayDone(t("record.saved", { name: saved.name ?? "" }));
      if (!row) leave.pass(() => void navigate({ to: `/routing/flow/${saved.id}/general`, replace: true }));
      return true;
    } catch (error) {
      setFailed(error);
      return false;
    } finally {
      setBusy(false);
    }
  };
  const leave = useLeave(dirty, now.name, save);
  const toDiagram = () => void navigate({ to: `/flow/${row?.id}/${type}` });
  return (
    <Box className="page">
      <Breadcrumbs mb={4} fz="sm">
        <Link to="/routing/flow" className="quiet">
          {t("flows.all")}
        </Link>
        <Text size="sm" c="dimmed" truncate maw={420}>
          {row?.name ?? t("flows.new")}
        </Text>
      </Breadcrumbs>
      <Group justify="space-between" mb="md" wrap="nowrap">
        <Title order={1} size="h3" lineClamp={1}>
          {row?.name ?? t("flows.new")}
        </Title>
        <Group gap="xs" wrap="nowrap">
          {row?.id && (
            <Button variant="default" leftSection={<Waypoints size={16} aria-hidden />} onClick={toDiagram}>
              {t("flows.openDiagram")}
            </Button>
          )}
          <Button onClick={() => void save()} loading={busy} disabled={!dirty && row !== undefined}>
            {dirty || !row ? t("record.save") : t("record.isSaved")}
          </Button>
          <Button variant="default" onClick={() => void navigate({ to: "/routing/flow" })}>
            {t("record.close")}
          </Button>
        </Group>
      </Group>
      <Group align="flex-start" mb="sm" grow>
        <TextInput label={t("name")} required value={now.name} error={nameError} onChange={(event) => set({ name: event.currentTarget.value })} />
        <TagsInput label={t("flows.tags")} value={now.tags} onChange={(tags) => set({ tags })} />
      </Group>
      <JsonEditor
        key={catalogue ? "known" : "blank"}
        label={t("flows.json")}
        value={now.text}
        schema={schema}
        snippets={[...(catalogue?.values() ?? [])].filter((one) => !["voice", "service"].includes(type) || one.kinds.includes(type))}
        onChange={(text) => set({ text })}
      />
      <FoundList problems={problems} />
      {leave.dialog}
      <SaveFailed
        error={failed}
        onRetry={() => void save()}
        onExport={() => saveFile(fileNameOf(now.name || "flow"), unsaved(row, now, type))}
        onClose={() => setFailed(null)}
      />
    </Box>
  );
}

/** What can be kept of a text that nobody could save, whether or not it is JSON. */
function unsaved(row: Row | undefined, now: Text, type: string): unknown {
  try {
    return { ...exported(row ?? {}), name: now.name, type, tags: now.tags, schema: JSON.parse(now.text) as unknown };
  } catch {
    return { name: now.name, type, tags: now.tags, text: now.text };
  }
}
