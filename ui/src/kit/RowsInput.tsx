/** A field whose value is a list of rows, each added and changed in a dialog. The record that it belongs to is saved as a whole. */
import { ActionIcon, Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { type PlainColumn, PlainTable } from "./PlainTable";

export interface RowsField<V> {
  value?: V[];
  onChange?: (value: V[]) => void;
  error?: ReactNode;
}

interface Props<V> extends RowsField<V> {
  columns: PlainColumn<V>[];
  nameOf: (row: V) => string;
  blank: () => V;
  addLabel: string;
  dialogTitle: string;
  empty?: string;
  fields: (row: V, set: (change: Partial<V>) => void) => ReactNode;
  complete: (row: V) => boolean;
}

export function RowsInput<V extends object>(props: Props<V>) {
  const { value = [], onChange, error, nameOf } = props;
  const { t } = useTranslation();
  const [open, setOpen] = useState<{ at: number; row: V } | null>(null);
  const keep = (at: number, row: V) => {
    onChange?.(at < value.length ? replaced(value, at, row) : [...value, row]);
    setOpen(null);
  };
  return (
    <Stack gap="sm" maw={820}>
      {error && (
        <Alert color="red" role="alert">
          {error}
        </Alert>
      )}
      <Button w="fit-content" variant="light" leftSection={<Plus size={16} />} onClick={() => setOpen({ at: value.length, row: props.blank() })}>
        {props.addLabel}
      </Button>
      {value.length === 0 ? (
        <Text c="dimmed" size="sm">
          {props.empty}
        </Text>
      ) : (
        <PlainTable
          columns={props.columns}
          rows={value}
          actions={(row, at) => (
            <>
              <ActionIcon aria-label={t("list.editNamed", { name: nameOf(row) })} onClick={() => setOpen({ at, row })}>
                <Pencil size={16} />
              </ActionIcon>
              <ActionIcon aria-label={t("list.deleteNamed", { name: nameOf(row) })} onClick={() => onChange?.(value.filter((_, place) => place !== at))}>
                <Trash2 size={16} />
              </ActionIcon>
            </>
          )}
        />
      )}
      <Modal opened={open !== null} onClose={() => setOpen(null)} title={props.dialogTitle}>
        {open && <RowForm key={open.at} {...props} start={open.row} onKeep={(row) => keep(open.at, row)} onClose={() => setOpen(null)} />}
      </Modal>
    </Stack>
  );
}

export function replaced<V>(rows: V[], at: number, row: V): V[] {
  return rows.map((one, place) => (place === at ? row : one));
}

function RowForm<V>({ start, fields, complete, onKeep, onClose }: Props<V> & { start: V; onKeep: (row: V) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [row, setRow] = useState(start);
  return (
    <Stack>
      {fields(row, (change) => setRow({ ...row, ...change }))}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t("record.close")}
        </Button>
        <Button disabled={!complete(row)} onClick={() => onKeep(row)}>
          {t("list.add")}
        </Button>
      </Group>
    </Stack>
  );
}
