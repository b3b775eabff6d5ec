/** A page that lists one noun: search, sort, select, delete, page through. Everything it shows is in the address. */
import { ActionIcon, Anchor, Box, Button, Group, NumberInput, Paper, Text, TextInput, Title, Tooltip } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight, type LucideIcon, Pencil, Plus, RefreshCw, Search, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Noun } from "~/api/noun";
import type { Query } from "~/api/http";
import { askToDelete } from "./confirm";
import { type Column, DataTable } from "./DataTable";
import { Empty } from "./Empty";
import { textOf } from "./say";
import { offerUndo } from "./undo";
import { type ListState, useListState } from "./useListState";

export interface Named {
  id?: string;
  name?: string;
}

interface Props<R extends Named> {
  title: string;
  icon: LucideIcon;
  noun: Noun<R>;
  columns: Column<R>[];
  /** Fields asked of the service; the noun's own if not given. */
  fields?: string[];
  /** Filters of the address as the service's query. */
  filtersOf?: (filters: ListState["filters"]) => Query;
  /** Below it a record is edited and, at `new`, added; none for records that cannot be. */
  path?: string;
  /** Where a record is edited, if not below `path`. */
  pathOf?: (row: R) => string;
  /** Asks what to add, before there is a form. */
  add?: () => void;
  addLabel?: string;
  emptyText?: string;
  /** Above the title. */
  above?: ReactNode;
  /** Beside Add. */
  head?: ReactNode;
  /** Between the title and the table. */
  strip?: ReactNode;
  toolbar?: ReactNode;
  /** Below the table. */
  foot?: ReactNode;
  rowActions?: (row: R) => ReactNode;
  canDelete?: boolean;
  refetchMs?: number;
}

export function keyOf(noun: { path: string }): string[] {
  return ["list", noun.path];
}

/** The column with the name of a record, as the link to it. */
export function nameColumn<R extends Named>(title: string, path: string): Column<R> {
  return { key: "name", title, render: (row) => <NameLink to={`${path}/${row.id}`}>{row.name}</NameLink> };
}

export function ListPage<R extends Named>(props: Props<R>) {
  const { noun, canDelete = true } = props;
  const { t } = useTranslation();
  const [state, change] = useListState();
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const client = useQueryClient();
  const query: Query = {
    page: state.page,
    size: state.size,
    q: state.q && `*${state.q}*`,
    sort: state.sort,
    fields: props.fields,
    ...props.filtersOf?.(state.filters),
  };
  const found = useQuery({
    queryKey: [...keyOf(noun), query],
    queryFn: ({ signal }) => noun.list(query, signal),
    placeholderData: keepPreviousData,
    refetchInterval: props.refetchMs ?? false,
  });
  const remove = (ids: string[]) =>
    askToDelete(ids.length, async () => {
      const again = () => client.invalidateQueries({ queryKey: keyOf(noun) });
      const gone: string[] = [];
      try {
        for (const id of ids) {
          await noun.remove(id);
          gone.push(id);
        }
      } finally {
        const { restore } = noun;
        if (restore && gone.length) offerUndo(gone.length, () => Promise.all(gone.map(restore)).finally(again));
        await again();
        setSelected(new Set());
      }
    });
  const searched = Boolean(state.q) || Object.keys(state.filters).length > 0 || state.page > 1;
  const add = <AddButton add={props.add} path={props.path} label={props.addLabel ?? t("list.add")} />;
  return (
    <Box className="page">
      {props.above}
      <Group justify="space-between" mb="md">
        <Title order={1} size="h3">
          {props.title}
        </Title>
        <Group gap="xs">
          {props.head}
          {add}
        </Group>
      </Group>
      {props.strip}
      <Paper withBorder className="sheet">
        <Group p="xs" gap="xs" className="toolbar">
          <SearchBox value={state.q} onSearch={(q) => change({ q })} />
          {props.toolbar}
          <Box flex={1} />
          {selected.size > 0 && canDelete && (
            <Tooltip label={t("list.deleteSelected", { count: selected.size })}>
              <ActionIcon color="red" size="lg" aria-label={t("list.deleteSelected", { count: selected.size })} onClick={() => remove([...selected])}>
                <Trash2 size={18} />
              </ActionIcon>
            </Tooltip>
          )}
          <Tooltip label={t("list.refresh")}>
            <ActionIcon size="lg" aria-label={t("list.refresh")} loading={found.isFetching && !found.isPending} onClick={() => void found.refetch()}>
              <RefreshCw size={17} />
            </ActionIcon>
          </Tooltip>
        </Group>
        {found.error ? (
          <Box p="xl" role="alert">
            <Text c="red" mb="sm">
              {textOf(found.error)}
            </Text>
            <Button variant="light" onClick={() => void found.refetch()}>
              {t("again")}
            </Button>
          </Box>
        ) : (
          <DataTable
            label={props.title}
            columns={props.columns}
            rows={found.data?.items}
            idOf={(row) => row.id ?? ""}
            sort={state.sort}
            onSort={(sort) => change({ sort })}
            {...(canDelete ? { selected, onSelect: setSelected } : {})}
            actions={(row) => <RowActions row={row} {...props} canDelete={canDelete} onRemove={remove} />}
            empty={<Empty icon={props.icon} searched={searched} text={props.emptyText} action={add} />}
          />
        )}
        <Pager state={state} change={change} next={found.data?.next ?? false} />
      </Paper>
      {props.foot}
    </Box>
  );
}

function AddButton({ add, path, label }: { add: (() => void) | undefined; path: string | undefined; label: string }) {
  const common = { leftSection: <Plus size={16} aria-hidden />, children: label };
  if (add) return <Button {...common} onClick={add} />;
  return path ? <Button {...common} renderRoot={(rest) => <Link to={`${path}/new`} {...rest} />} /> : null;
}

function RowActions<R extends Named>(props: Props<R> & { row: R; onRemove: (ids: string[]) => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { row, path, canDelete, onRemove } = props;
  const pathOf = props.pathOf ?? (path && (() => `${path}/${row.id}`));
  const name = row.name ?? row.id ?? "";
  return (
    <>
      {props.rowActions?.(row)}
      {pathOf && (
        <Tooltip label={t("list.edit")}>
          <ActionIcon aria-label={t("list.editNamed", { name })} onClick={() => void navigate({ to: pathOf(row) })}>
            <Pencil size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      {canDelete && (
        <Tooltip label={t("list.delete")}>
          <ActionIcon aria-label={t("list.deleteNamed", { name })} onClick={() => onRemove([row.id ?? ""])}>
            <Trash2 size={16} />
          </ActionIcon>
        </Tooltip>
      )}
    </>
  );
}

/** The name of a row, as the link to it. */
export function NameLink({ to, children }: { to: string; children: ReactNode }) {
  return <Anchor size="sm" fw={550} renderRoot={(rest) => <Link to={to} {...rest} />}>{children}</Anchor>;
}

function SearchBox({ value, onSearch }: { value: string; onSearch: (q: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value);
  const search = useDebouncedCallback(onSearch, 250);
  return (
    <TextInput
      type="search"
      placeholder={t("list.search")}
      aria-label={t("list.search")}
      leftSection={<Search size={16} aria-hidden />}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        search(event.currentTarget.value.trim());
      }}
      w={280}
    />
  );
}

function Pager({ state, change, next }: { state: ListState; change: (change: Partial<ListState>) => void; next: boolean }) {
  const { t } = useTranslation();
  const [size, setSize] = useState<string | number>(state.size);
  const keep = () => change({ size: Math.min(10_000, Math.max(1, Number(size) || 20)) });
  return (
    <Group p="xs" gap="sm" justify="flex-end" className="pager">
      <Text size="sm" c="dimmed" component="label" htmlFor="rows-per-page">
        {t("list.rowsPerPage")}
      </Text>
      <NumberInput
        id="rows-per-page"
        size="xs"
        w={78}
        min={1}
        max={10_000}
        allowDecimal={false}
        value={size}
        onChange={setSize}
        onBlur={keep}
        onKeyDown={(event) => event.key === "Enter" && keep()}
      />
      <Text size="sm">{t("list.page", { page: state.page })}</Text>
      <ActionIcon aria-label={t("list.previous")} disabled={state.page === 1} onClick={() => change({ page: state.page - 1 })}>
        <ChevronLeft size={18} />
      </ActionIcon>
      <ActionIcon aria-label={t("list.next")} disabled={!next} onClick={() => change({ page: state.page + 1 })}>
        <ChevronRight size={18} />
      </ActionIcon>
    </Group>
  );
}
