/** Records that belong to another one, on a tab of its page: listed, added and changed in a dialog, deleted. */
import { ActionIcon, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, Search, Trash2 } from "lucide-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Noun } from "~/api/noun";
import { askToDelete } from "./confirm";
import { keyOf, type Named } from "./ListPage";
import { type PlainColumn, PlainTable } from "./PlainTable";
import { type Check, type Form, refuse } from "./RecordPage";
import { textOf } from "./say";
import { offerUndo } from "./undo";

interface Props<R extends Named, V extends object> {
  noun: Noun<R>;
  label: string;
  columns: PlainColumn<R>[];
  nameOf: (row: R) => string;
  blank: V;
  toForm: (row: R) => V;
  toBody?: (values: V) => object;
  check?: Check<V>;
  addTitle: string;
  editTitle: string;
  fields: (form: Form<V>, row: R | null) => ReactNode;
  empty: string;
  /** Beside Add. */
  head?: ReactNode;
  canEdit?: boolean;
}

const SIZE = 100;

export function SubTable<R extends Named, V extends object>(props: Props<R, V>) {
  const { noun, nameOf, canEdit = true } = props;
  const { t } = useTranslation();
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  const [searched] = useDebouncedValue(typed.trim(), 250);
  const [size, setSize] = useState(SIZE);
  const [open, setOpen] = useState<{ row: R | null } | null>(null);
  const query = { page: 1, size, q: searched && `*${searched}*` };
  const found = useQuery({
    queryKey: [...keyOf(noun), query],
    queryFn: ({ signal }) => noun.list(query, signal),
    placeholderData: keepPreviousData,
  });
  const again = () => client.invalidateQueries({ queryKey: keyOf(noun) });
  const remove = async (id: string) => {
    await noun.remove(id);
    const { restore } = noun;
    if (restore) offerUndo(1, () => restore(id).finally(again));
    await again();
  };
  const rows = found.data?.items ?? [];
  return (
    <Stack gap="sm" maw={980}>
      <Group>
        <TextInput type="search" aria-label={t("list.search")} placeholder={t("list.search")} leftSection={<Search size={15} aria-hidden />} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} w={260} />
        <Button variant="light" leftSection={<Plus size={16} />} onClick={() => setOpen({ row: null })}>
          {t("list.add")}
        </Button>
        {props.head}
      </Group>
      {found.error && (
        <Text c="red" role="alert">
          {textOf(found.error)}
        </Text>
      )}
      {found.data && rows.length === 0 ? (
        <Text c="dimmed" size="sm" py="lg">
          {searched ? t("list.nothingFound") : props.empty}
        </Text>
      ) : (
        <PlainTable
          label={props.label}
          columns={props.columns}
          rows={rows}
          idOf={(row) => row.id}
          actions={(row) => (
            <>
              {canEdit && (
                <ActionIcon aria-label={t("list.editNamed", { name: nameOf(row) })} onClick={() => setOpen({ row })}>
                  <Pencil size={16} />
                </ActionIcon>
              )}
              <ActionIcon aria-label={t("list.deleteNamed", { name: nameOf(row) })} onClick={() => askToDelete(1, () => remove(row.id ?? ""))}>
                <Trash2 size={16} />
              </ActionIcon>
            </>
          )}
        />
      )}
      {found.data?.next && (
        <Button variant="subtle" onClick={() => setSize(size * 4)}>
          {t("list.more")}
        </Button>
      )}
      <Modal opened={open !== null} onClose={() => setOpen(null)} title={open?.row ? props.editTitle : props.addTitle}>
        {open && <Dialog {...props} row={open.row} close={() => setOpen(null)} done={again} />}
      </Modal>
    </Stack>
  );
}

function Dialog<R extends Named, V extends object>(props: Props<R, V> & { row: R | null; close: () => void; done: () => Promise<void> }) {
  const { noun, row, toBody } = props;
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const form = useForm<V>({
    initialValues: row ? props.toForm(row) : props.blank,
    validateInputOnBlur: true,
    validate: (values) => props.check?.(values, !row) ?? {},
  });
  const save = async () => {
    setBusy(true);
    const values = form.getValues();
    const body = toBody ? toBody(values) : values;
    try {
      await (row ? noun.replace(row.id ?? "", body) : noun.create(body));
      await props.done();
      props.close();
    } catch (error) {
      refuse(form, error);
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (!form.validate().hasErrors) void save();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {props.fields(form, row)}
        <Group justify="flex-end">
          <Button variant="default" onClick={props.close}>
            {t("record.close")}
          </Button>
          <Button type="submit" loading={busy}>
            {row ? t("record.save") : t("list.add")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
