/** A table that draws only the rows in view: ten thousand scroll as well as ten. */
import { Box, Checkbox, Skeleton, Table, UnstyledButton } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import classes from "./DataTable.module.css";
import { nextSort } from "./useListState";

export interface Column<R> {
  key: string;
  title: string;
  render: (row: R) => ReactNode;
  /** Sorted by the service under this name; false for a column that cannot be sorted. */
  sort?: string | false;
  width?: number | string;
  align?: "left" | "right" | "center";
}

interface Props<R> {
  label: string;
  columns: Column<R>[];
  rows: R[] | undefined;
  idOf: (row: R) => string;
  sort: string;
  onSort: (sort: string) => void;
  selected?: ReadonlySet<string>;
  onSelect?: (selected: Set<string>) => void;
  actions?: (row: R) => ReactNode;
  /** Shown instead of the rows when there are none. */
  empty: ReactNode;
}

const ROW_PX = 44;

export function DataTable<R>(props: Props<R>) {
  const { rows, columns, selected, onSelect } = props;
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows?.length ?? 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  if (rows?.length === 0) return <>{props.empty}</>;
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items[items.length - 1]?.end ?? 0);
  const width = columns.length + (onSelect ? 1 : 0) + (props.actions ? 1 : 0);
  const all = rows !== undefined && rows.length > 0 && rows.every((row) => selected?.has(props.idOf(row)));
  const some = !all && (selected?.size ?? 0) > 0;
  return (
    <Box ref={scroller} className={classes["scroller"]} tabIndex={0} role="region" aria-label={props.label}>
      <Table className={classes["table"]} highlightOnHover aria-rowcount={rows?.length}>
        <Table.Thead className={classes["head"]}>
          <Table.Tr>
            {onSelect && (
              <Table.Th w={40}>
                <Checkbox
                  size="xs"
                  aria-label={t("list.selectAll")}
                  checked={all}
                  indeterminate={some}
                  onChange={() => onSelect(all ? new Set() : new Set(rows?.map(props.idOf)))}
                />
              </Table.Th>
            )}
            {columns.map((column) => (
              <Heading key={column.key} column={column} sort={props.sort} onSort={props.onSort} />
            ))}
            {props.actions && <Table.Th w={1} aria-label={t("list.actions")} />}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows === undefined && <Waiting columns={width} />}
          {above > 0 && <tr style={{ height: above }} aria-hidden />}
          {items.map((item) => {
            const row = rows?.[item.index];
            if (row === undefined) return null;
            const id = props.idOf(row);
            return (
              <Table.Tr key={id} data-selected={selected?.has(id) || undefined} className={classes["row"]}>
                {onSelect && (
                  <Table.Td>
                    <Checkbox
                      size="xs"
                      aria-label={t("list.select")}
                      checked={selected?.has(id) ?? false}
                      onChange={() => onSelect(toggled(selected, id))}
                    />
                  </Table.Td>
                )}
                {columns.map((column) => (
                  <Table.Td key={column.key} ta={column.align} className={classes["cell"]}>
                    {column.render(row)}
                  </Table.Td>
                ))}
                {props.actions && <Table.Td className={classes["actions"]}>{props.actions(row)}</Table.Td>}
              </Table.Tr>
            );
          })}
          {below > 0 && <tr style={{ height: below }} aria-hidden />}
        </Table.Tbody>
      </Table>
    </Box>
  );
}

function Heading<R>({ column, sort, onSort }: { column: Column<R>; sort: string; onSort: (sort: string) => void }) {
  const key = column.sort === false ? "" : (column.sort ?? column.key);
  if (!key) {
    return (
      <Table.Th w={column.width} ta={column.align}>
        {column.title}
      </Table.Th>
    );
  }
  const up = sort === `+${key}`;
  const down = sort === `-${key}`;
  const Mark = up ? ArrowUp : down ? ArrowDown : ChevronsUpDown;
  return (
    <Table.Th w={column.width} ta={column.align} aria-sort={up ? "ascending" : down ? "descending" : "none"}>
      <UnstyledButton className={classes["sort"]} onClick={() => onSort(nextSort(sort, key))}>
        {column.title}
        <Mark size={13} aria-hidden className={up || down ? classes["sorted"] : classes["unsorted"]} />
      </UnstyledButton>
    </Table.Th>
  );
}

function Waiting({ columns }: { columns: number }) {
  return Array.from({ length: 6 }, (_, row) => (
    <Table.Tr key={row}>
      {Array.from({ length: columns }, (_, cell) => (
        <Table.Td key={cell}>
          <Skeleton height={14} width={`${55 + ((row * 7 + cell * 13) % 40)}%`} />
        </Table.Td>
      ))}
    </Table.Tr>
  ));
}

function toggled(selected: ReadonlySet<string> | undefined, id: string): Set<string> {
  const next = new Set(selected);
  if (!next.delete(id)) next.add(id);
  return next;
}
