/** A page that edits one record: tabs, Save that knows whether there is anything to save, and nothing lost on the way out. */
import { Box, Breadcrumbs, Button, Group, Loader, Paper, Tabs, Text, Title } from "@mantine/core";
import { useForm, type UseFormReturnType } from "@mantine/form";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useBlocker, useNavigate, useParams } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "~/api/http";
import type { Noun } from "~/api/noun";
import { keyOf, type Named } from "./ListPage";
import { sayDone, sayFailed, textOf } from "./say";

export type Form<V> = UseFormReturnType<V>;
export type Check<V> = (values: V, isNew: boolean) => Partial<Record<string, ReactNode>>;

export interface Tab<V> {
  key: string;
  title: string;
  render: (form: Form<V>, id: string | null) => ReactNode;
  /** Needs a record that exists. */
  savedOnly?: boolean;
}

interface Props<R extends Named, V extends object> {
  noun: Noun<R>;
  /** Of the list it belongs to; records live below it. */
  listPath: string;
  listTitle: string;
  newTitle: string;
  /** What a new record starts with; every field of the form is in it. */
  blank: V;
  /** A record as the form has it. */
  toForm: (row: R) => V;
  toBody?: (values: V) => object;
  check?: Check<V>;
  tabs: Tab<V>[];
  aside?: (row: R | undefined, form: Form<V>) => ReactNode;
}

export function recordKey(noun: { path: string }, id: string): string[] {
  return ["record", noun.path, id];
}

export function RecordPage<R extends Named, V extends object>(props: Props<R, V>) {
  const { noun } = props;
  const { id = "new", tab } = useParams({ strict: false });
  const { t } = useTranslation();
  const isNew = id === "new";
  const found = useQuery({
    queryKey: recordKey(noun, id),
    queryFn: ({ signal }) => noun.get(id, signal),
    enabled: !isNew,
    refetchOnWindowFocus: false,
  });
  if (found.error) return <Missing error={found.error} listPath={props.listPath} />;
  if (!isNew && !found.data) return <Loader m="xl" aria-label={t("loading")} />;
  return <Editor key={id} {...props} tab={tab} row={found.data} />;
}

function Editor<R extends Named, V extends object>(props: Props<R, V> & { tab: string | undefined; row: R | undefined }) {
  const { noun, row, tabs, toBody, blank } = props;
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [initial] = useState(() => (row ? props.toForm(row) : blank));
  const form = useForm<V>({ initialValues: initial, validateInputOnBlur: true, validate: (values) => props.check?.(values, !row) ?? {} });
  const dirty = form.isDirty();
  const open = props.tab && tabs.some((tab) => tab.key === props.tab) ? props.tab : (tabs[0]?.key ?? "");
  useBlocker({
    shouldBlockFn: ({ next }) => dirty && !busy && !isOwn(next.pathname) && !window.confirm(t("record.leave")),
    enableBeforeUnload: () => dirty,
  });
  /** Tabs of one record are one place: moving between them loses nothing. */
  const isOwn = (path: string) => path.startsWith(`${props.listPath}/${row?.id ?? "new"}/`);
  const goTo = (id: string, tab: string) => navigate({ to: `${props.listPath}/${id}/${tab}`, replace: true });

  const save = async () => {
    setBusy(true);
    const values = form.getValues();
    const body = toBody ? toBody(values) : values;
    try {
      const saved = row?.id ? await noun.replace(row.id, body) : await noun.create(body);
      const kept = props.toForm(saved);
      form.setInitialValues(kept);
      form.setValues(kept);
      form.resetDirty(kept);
      client.setQueryData(recordKey(noun, saved.id ?? ""), saved);
      void client.invalidateQueries({ queryKey: keyOf(noun) });
      sayDone(t("record.saved", { name: saved.name ?? "" }));
      if (!row) await goTo(saved.id ?? "", open);
    } catch (error) {
      refuse(form, error);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { hasErrors, errors } = form.validate();
    if (!hasErrors) void save();
    else sayFailed(new Error(t("record.mend", { count: Object.keys(errors).length })));
  };
  return (
    <Box component="form" className="page" onSubmit={submit} noValidate>
      <Breadcrumbs mb={4} fz="sm">
        <Link to={props.listPath} className="quiet">
          {props.listTitle}
        </Link>
        <Text size="sm" c="dimmed" truncate maw={420}>
          {row?.name ?? props.newTitle}
        </Text>
      </Breadcrumbs>
      <Group justify="space-between" mb="md" wrap="nowrap">
        <Title order={1} size="h3" lineClamp={1}>
          {row?.name ?? props.newTitle}
        </Title>
        <Group gap="xs" wrap="nowrap">
          {props.aside?.(row, form)}
          <Button type="submit" loading={busy} disabled={!dirty && row !== undefined}>
            {dirty || !row ? t("record.save") : t("record.isSaved")}
          </Button>
          <Button variant="default" onClick={() => void navigate({ to: props.listPath })}>
            {t("record.close")}
          </Button>
        </Group>
      </Group>
      <Paper withBorder className="sheet">
        <Tabs value={open} onChange={(tab) => tab && void goTo(row?.id ?? "new", tab)} keepMounted={false}>
          <Tabs.List>
            {tabs.map((tab) => (
              <Tabs.Tab key={tab.key} value={tab.key} disabled={Boolean(tab.savedOnly && !row)}>
                {tab.title}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {tabs.map((tab) => (
            <Tabs.Panel key={tab.key} value={tab.key} p="lg">
              {tab.render(form, row?.id ?? null)}
            </Tabs.Panel>
          ))}
        </Tabs>
      </Paper>
    </Box>
  );
}

/** A refusal goes next to its field where the form has it, and is said aloud in any case. */
export function refuse<V extends object>(form: Form<V>, error: unknown): void {
  if (error instanceof ApiError && error.field) {
    const path = error.field.replace(/\[(\d+)\]/g, ".$1");
    form.setFieldError(path, error.detail.replace(`${error.field}: `, ""));
  }
  sayFailed(error);
}

function Missing({ error, listPath }: { error: unknown; listPath: string }) {
  const { t } = useTranslation();
  return (
    <Box className="page" role="alert">
      <Title order={1} size="h3" mb="xs">
        {error instanceof ApiError && error.status === 404 ? t("errors.missing") : t("errors.title")}
      </Title>
      <Text mb="md">{textOf(error)}</Text>
      <Button variant="light" renderRoot={(rest) => <Link to={listPath} {...rest} />}>
        {t("errors.toList")}
      </Button>
    </Box>
  );
}
