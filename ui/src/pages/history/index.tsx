/** Call history: every call, filtered, with the columns one wants, and as a file. */
import { ActionIcon, Button, Checkbox, Menu, Popover, Stack, Tooltip } from "@mantine/core";
import { Columns3, FileDown, History, Play, Volume2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { linkTo, request } from "~/api/http";
import type { Noun, Page } from "~/api/noun";
import { ListPage } from "~/kit/ListPage";
import { type Playing, PlayerBar } from "~/kit/player";
import { sayFailed } from "~/kit/say";
import { useListState } from "~/kit/useListState";
import { type CallColumn, callColumns, type CallRow, FIRST } from "./columns";
import { saveCsv } from "./csv";
import { Filters, queryOf } from "./Filters";

export { CallPage } from "./CallPage";

const never = () => Promise.reject(new Error("Calls are only read."));
const KEPT = "history-columns";
const MOST_ROWS = 50_000;
const CHUNK = 1000;

export const calls: Noun<CallRow> = {
  path: "/calls/history",
  async list(query, signal) {
    const found = (await request("get", "/calls/history", { query, signal })) as Partial<Page<CallRow>>;
    return { items: found.items ?? [], next: found.next ?? false };
  },
  get: async (id, signal) => (await request("get", "/calls/history/{id}", { params: { id }, signal })) as CallRow,
  create: never,
  replace: never,
  patch: never,
  remove: never,
};

export function CallHistory() {
  const { t, i18n } = useTranslation();
  const [state, change] = useListState();
  const [shown, setShown] = useState<string[]>(() => JSON.parse(localStorage.getItem(KEPT) ?? "null") ?? FIRST);
  const [playing, setPlaying] = useState<Playing | null>(null);
  const every = callColumns(t, i18n.language);
  const columns = every.filter((column) => shown.includes(column.key));
  const fields = ["id", "files", ...columns.flatMap((column) => column.needs)];
  const choose = (keys: string[]) => {
    setShown(keys);
    localStorage.setItem(KEPT, JSON.stringify(keys));
  };
  const play = (row: CallRow) => {
    const file = row.files?.[0];
    if (!file?.id) return;
    const src = linkTo("/storage/recordings/{id}/stream", { id: file.id });
    setPlaying(playing?.src === src ? null : { src, name: `${row.destination ?? row.to?.name ?? ""}`, stereo: true });
  };
  return (
    <ListPage
      title={t("history.all")}
      icon={History}
      noun={calls}
      fields={fields}
      canDelete={false}
      filtersOf={queryOf}
      columns={columns}
      strip={<Filters filters={state.filters} change={(filters) => change({ filters })} />}
      head={<Export columns={columns} fields={fields} />}
      toolbar={<Chooser every={every} shown={shown} choose={choose} />}
      emptyText={t("history.empty")}
      rowActions={(row) =>
        row.files?.length ? (
          <Tooltip label={t("history.play")}>
            <ActionIcon aria-label={t("history.playOf", { name: row.destination ?? row.id })} onClick={() => play(row)}>
              {playing && playing.src.includes(`/${row.files[0]?.id}/`) ? <Volume2 size={17} /> : <Play size={17} />}
            </ActionIcon>
          </Tooltip>
        ) : null
      }
      foot={<PlayerBar playing={playing} onClose={() => setPlaying(null)} />}
    />
  );
}

function Chooser({ every, shown, choose }: { every: CallColumn[]; shown: string[]; choose: (keys: string[]) => void }) {
  const { t } = useTranslation();
  return (
    <Popover position="bottom-start" shadow="md" trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<Columns3 size={16} />}>
          {t("history.columns")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Checkbox.Group value={shown} onChange={choose} aria-label={t("history.columns")}>
          <Stack gap={8} mah={420} style={{ overflow: "auto" }} pr="sm">
            {every.map((column) => (
              <Checkbox key={column.key} value={column.key} label={column.title} />
            ))}
          </Stack>
        </Checkbox.Group>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Everything that the filters find, with the columns that are shown. */
function Export({ columns, fields }: { columns: CallColumn[]; fields: string[] }) {
  const { t } = useTranslation();
  const [state] = useListState();
  const [busy, setBusy] = useState(false);
  const save = async (separator: string) => {
    setBusy(true);
    try {
      const rows: CallRow[] = [];
      for (let page = 1; rows.length < MOST_ROWS; page += 1) {
        const found = await calls.list({ ...queryOf(state.filters), q: state.q && `*${state.q}*`, sort: state.sort, fields, page, size: CHUNK });
        rows.push(...found.items);
        if (!found.next) break;
      }
      saveCsv("calls.csv", columns.map((column) => column.title), rows.map((row) => columns.map((column) => column.text(row))), separator);
    } catch (error) {
      sayFailed(error);
    }
    setBusy(false);
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" loading={busy} leftSection={<FileDown size={16} />}>
          CSV
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void save(",")}>{t("history.comma")}</Menu.Item>
        <Menu.Item onClick={() => void save(";")}>{t("history.semicolon")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
