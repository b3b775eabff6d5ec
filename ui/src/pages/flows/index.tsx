/** Flow schemas: what happens on a call and after it. */
import { ActionIcon, Alert, Badge, Button, Checkbox, Group, Loader, MultiSelect, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { Download, Upload, Waypoints } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { request } from "~/api/http";
import { schemas as noun } from "~/api/nouns";
import { ListPage, NameLink } from "~/kit/ListPage";
import { sayFailed, textOf } from "~/kit/say";
import { instantOf } from "~/kit/times";
import { useListState } from "~/kit/useListState";
import { Create } from "./Create";
import { type Exported, fileNameOf, save, TYPE_NAMES } from "./exchange";
import { Import } from "./Import";

const CodePage = lazy(() => import("./CodePage"));

type Row = Awaited<ReturnType<typeof noun.get>>;

const FILTERED = ["chat", "voice", "processing", "service"];

export function pathOf(row: { id?: string; type?: string; editor?: boolean }): string {
  return row.editor ? `/flow/${row.id}/${row.type ?? "voice"}` : `/routing/flow/${row.id}/general`;
}

export function FlowList() {
  const { t, i18n } = useTranslation();
  const [creating, setCreating] = useState(false);
  const [importing, setImporting] = useState(false);
  return (
    <>
      <ListPage<Row>
        title={t("flows.all")}
        icon={Waypoints}
        noun={noun}
        fields={["id", "name", "editor", "type", "tags", "created_at", "updated_at"]}
        filtersOf={(filters) => ({ type: filters["type"] ?? [], tags: filters["tags"] ?? [] })}
        pathOf={pathOf}
        add={() => setCreating(true)}
        head={
          <Button variant="default" leftSection={<Upload size={16} aria-hidden />} onClick={() => setImporting(true)}>
            {t("flows.import")}
          </Button>
        }
        strip={<Filters />}
        emptyText={t("flows.empty")}
        columns={[
          { key: "name", title: t("name"), render: (row) => <NameLink to={pathOf(row)}>{row.name}</NameLink> },
          { key: "editor", title: t("flows.editor"), render: (row) => t(row.editor ? "flows.diagram" : "flows.code") },
          { key: "type", title: t("flows.type"), render: (row) => t(`flows.types.${TYPE_NAMES[row.type ?? "default"] ?? "none"}`) },
          { key: "tags", title: t("flows.tags"), sort: false, width: 170, render: (row) => <Tags tags={row.tags} /> },
          { key: "created_at", title: t("flows.created"), render: (row) => instantOf(row.created_at, i18n.language) },
          { key: "updated_at", title: t("flows.modified"), render: (row) => instantOf(row.updated_at, i18n.language) },
        ]}
        rowActions={(row) => (
          <Tooltip label={t("flows.download")}>
            <ActionIcon aria-label={t("flows.downloadNamed", { name: row.name })} onClick={() => void download(row.id ?? "")}>
              <Download size={16} />
            </ActionIcon>
          </Tooltip>
        )}
      />
      <Create opened={creating} onClose={() => setCreating(false)} />
      {importing && <Import onClose={() => setImporting(false)} />}
    </>
  );
}

function Tags({ tags }: { tags?: { name?: string }[] | undefined }) {
  return (
    <Group gap={4} wrap="nowrap">
      {(tags ?? []).map((tag) => (
        <Badge key={tag.name} variant="default" tt="none" fw={500}>
          {tag.name}
        </Badge>
      ))}
    </Group>
  );
}

/** All types are ticked while the address names none. */
function Filters() {
  const { t } = useTranslation();
  const [state, change] = useListState();
  const known = useQuery({
    queryKey: ["schema-tags"],
    queryFn: ({ signal }) => request("get", "/routing/schema/tags", { query: { size: 1000 }, signal }),
  });
  const chosen = [state.filters["type"] ?? FILTERED].flat();
  const tags = [state.filters["tags"] ?? []].flat();
  const filter = (changes: Record<string, string[]>) => {
    const next = { ...state.filters, ...changes };
    change({ filters: Object.fromEntries(Object.entries(next).filter(([, value]) => value.length > 0)) });
  };
  const setTypes = (types: string[]) => filter({ type: types.length === FILTERED.length ? [] : types });
  return (
    <Group mb="sm" gap="lg">
      <MultiSelect
        placeholder={tags.length > 0 ? "" : t("flows.tags")}
        aria-label={t("flows.tags")}
        data={[...new Set([...(known.data?.items ?? []).map((one) => one.name ?? ""), ...tags])].filter(Boolean)}
        value={tags}
        onChange={(value) => filter({ tags: value })}
        searchable
        clearable
        miw={220}
      />
      <Checkbox.Group value={chosen} onChange={setTypes} aria-label={t("flows.type")}>
        <Group gap="md">
          {FILTERED.map((type) => (
            <Checkbox key={type} value={type} label={t(`flows.types.${TYPE_NAMES[type]}`)} />
          ))}
        </Group>
      </Checkbox.Group>
      {Object.keys(state.filters).length > 0 && (
        <Button variant="subtle" size="compact-sm" onClick={() => change({ filters: {} })}>
          {t("flows.reset")}
        </Button>
      )}
    </Group>
  );
}

async function download(id: string): Promise<void> {
  try {
    const row = await noun.get(id);
    save(fileNameOf(row.name ?? id), exported(row));
  } catch (error) {
    sayFailed(error);
  }
}

export function exported(row: Row): Exported {
  return {
    id: row.id ?? "", name: row.name ?? "", type: row.type ?? "voice", editor: row.editor ?? false, schema: row.schema ?? [],
    payload: row.payload ?? null, tags: (row.tags ?? []).map((tag) => tag.name ?? ""),
  };
}

/** `/routing/flow/:id` opens what the record is edited with; `/routing/flow/:id/general` is the code. */
export function Flow() {
  const { t } = useTranslation();
  const { id = "new", tab } = useParams({ strict: false }) as { id?: string; tab?: string };
  const navigate = useNavigate();
  const found = useQuery({ queryKey: ["flow-kind", id], queryFn: ({ signal }) => noun.get(id, signal), enabled: !tab && id !== "new" });
  useEffect(() => {
    if (found.data) void navigate({ to: pathOf(found.data), replace: true });
  }, [found.data, navigate]);
  if (!tab && id !== "new") return found.error ? <Alert m="xl" color="red">{textOf(found.error)}</Alert> : <Loader m="xl" aria-label={t("loading")} />;
  return (
    <Suspense fallback={<Loader m="xl" aria-label={t("loading")} />}>
      <CodePage key={id} id={id} />
    </Suspense>
  );
}
