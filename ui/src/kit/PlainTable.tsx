/** A short table: columns, and the actions of each row at its end. For long lists there is DataTable. */
import { Table } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

export interface PlainColumn<R> {
  key: string;
  title: string;
  render: (row: R, at: number) => ReactNode;
}

interface Props<R> {
  label?: string;
  columns: PlainColumn<R>[];
  rows: R[];
  /** Its place serves where a row has no id. */
  idOf?: (row: R) => string | undefined;
  actions: (row: R, at: number) => ReactNode;
}

export function PlainTable<R>({ label, columns, rows, idOf, actions }: Props<R>) {
  const { t } = useTranslation();
  return (
    <Table aria-label={label} highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          {columns.map((column) => (
            <Table.Th key={column.key}>{column.title}</Table.Th>
          ))}
          <Table.Th w={1} aria-label={t("list.actions")} />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row, at) => (
          <Table.Tr key={idOf?.(row) ?? at}>
            {columns.map((column) => (
              <Table.Td key={column.key}>{column.render(row, at)}</Table.Td>
            ))}
            <Table.Td ta="right" style={{ whiteSpace: "nowrap" }}>
              {actions(row, at)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
