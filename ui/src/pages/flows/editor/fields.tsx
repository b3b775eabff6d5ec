/** Fields of a block's settings, made from what the application declares of its arguments. */
import { ActionIcon, Autocomplete, Button, Fieldset, Group, JsonInput, Select, Stack, Switch, TagsInput, Text, Textarea } from "@mantine/core";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Noun } from "~/api/noun";
import * as nouns from "~/api/nouns";
import { KeyValues } from "~/kit/Fields";
import type { Named } from "~/kit/ListPage";
import { Lookup } from "~/kit/Lookup";
import { type Field as Declared, titleOf, valueOf, withValue } from "./catalogue";
import { Sounds, isSounds } from "./Sounds";

export interface FieldProps {
  field: Omit<Declared, "name"> & { name?: string };
  value: unknown;
  onChange: (value: unknown) => void;
  /** Names that `${` offers. */
  variables: string[];
  label?: string;
}

const LOOKUPS: Record<string, Noun<Named>> = {
  media: nouns.media, schema: nouns.schemas, queue: nouns.queues, calendar: nouns.calendars, list: nouns.lists, gateway: nouns.gateways,
  resource: nouns.resources, user: nouns.users, communication: nouns.communicationTypes,
} as unknown as Record<string, Noun<Named>>;

export function Fields({ fields, value, onChange, variables }: { fields: Declared[]; value: unknown; onChange: (value: unknown) => void; variables: string[] }) {
  return (
    <Stack gap="sm">
      {fields.filter((field) => isOfUse(field) || valueOf(value, field.name) !== undefined).map((field) => (
        <Field key={field.name} field={field} value={valueOf(value, field.name)} onChange={(next) => onChange(withValue(value, field.name, next))} variables={variables} />
      ))}
    </Stack>
  );
}

/** What does nothing is not offered; where it stands, it is shown. */
const isOfUse = (field: Declared) => !/^(Not used|Not supported|Accepted; does nothing)/.test(field.help ?? "");

export function Field(props: FieldProps) {
  const { field, value, onChange } = props;
  const label = props.label ?? titleOf(field.name ?? "");
  if (field.type === "steps") return null;
  if (field.type === "map" && field.item?.type === "steps") return <Cases label={label} value={value} onChange={onChange} />;
  if (isSounds(field)) return <Sounds label={label} many={field.type === "list"} value={value} onChange={onChange} variables={props.variables} />;
  const lookup = field.lookup ? LOOKUPS[field.lookup] : undefined;
  if (field.type === "object" && lookup) return <Linked {...props} label={label} noun={lookup} />;
  if (field.type === "integer" && lookup) {
    return <Linked {...props} label={label} noun={lookup} value={value === undefined ? undefined : { id: String(value) }} onChange={(link) => onChange(link === undefined ? undefined : Number((link as { id: string }).id))} />;
  }
  if (field.type === "object") return <Nested {...props} label={label} />;
  if (field.type === "flag") {
    return <Switch label={label} description={field.help} checked={value === true || value === "true"} onChange={(event) => onChange(event.currentTarget.checked || undefined)} />;
  }
  if (field.choices) {
    return (
      <Select label={label} description={field.help} data={field.choices} value={value === undefined ? null : String(value)} placeholder={field.default === undefined ? "" : String(field.default)} required={field.required ?? false} clearable={!field.required} onChange={(next) => onChange(next ?? undefined)} />
    );
  }
  if (field.type === "text" || field.type === "integer" || field.type === "number") return <Written {...props} label={label} />;
  if (field.type === "list" && field.item?.type === "object") return <Rows {...props} label={label} />;
  if (field.type === "list" && ["text", "integer"].includes(field.item?.type ?? "") && isFlat(value)) {
    const whole = field.item?.type === "integer";
    const read = (text: string) => (whole && /^\d+$/.test(text) ? Number(text) : text);
    return <TagsInput label={label} description={field.help} required={field.required ?? false} value={((value as unknown[]) ?? []).map(String)} onChange={(next) => onChange(next.length > 0 || field.required ? next.map(read) : undefined)} />;
  }
  if (field.type === "map" && isTexts(value)) {
    return <KeyValues label={label} hint={field.help} value={(value as Record<string, string>) ?? {}} onChange={(next) => onChange(Object.keys(next).length > 0 || field.required ? next : undefined)} />;
  }
  return <Json {...props} label={label} />;
}

const isFlat = (value: unknown) => value === undefined || value === "" || (Array.isArray(value) && value.every((one) => typeof one !== "object"));
const isTexts = (value: unknown) =>
  value === undefined || value === "" || (typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every((one) => typeof one !== "object"));

/** A text or a number; `${` offers the variables that are known. */
function Written({ field, value, onChange, variables, label }: FieldProps) {
  const text = value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  const numeric = field.type !== "text";
  const open = /\$\{(\w*)$/.exec(text);
  const write = (next: string) => {
    if (next === "" && !field.required) return onChange(undefined);
    onChange(numeric && /^-?\d+(\.\d+)?$/.test(next.trim()) ? Number(next) : next);
  };
  const example = field.default ?? field.example;
  const common = {
    label, description: field.help, required: field.required ?? false, value: text, placeholder: example === undefined ? "" : String(example),
    ...(numeric ? { inputMode: "decimal" as const } : {}),
  };
  if (field.raw || text.includes("\n")) return <Textarea {...common} autosize minRows={4} maxRows={18} ff="monospace" onChange={(event) => write(event.currentTarget.value)} />;
  return (
    <Autocomplete
      {...common}
      type={field.secret ? "password" : "text"}
      autoComplete="off"
      data={open ? variables.filter((name) => name.startsWith(open[1] ?? "")).map((name) => `${text.slice(0, open.index)}\${${name}}`) : []}
      filter={({ options }) => options}
      onChange={write}
      {...(field.unit ? { rightSection: <Text size="xs" c="dimmed">{field.unit}</Text> } : {})}
    />
  );
}

function Linked({ field, value, onChange, label, noun }: FieldProps & { noun: Noun<Named> }) {
  const id = valueOf(value, "id");
  const name = valueOf(value, "name");
  return (
    <Lookup
      noun={noun}
      label={label}
      description={field.help}
      required={field.required ?? false}
      value={id === undefined && name === undefined ? undefined : { id: String(id ?? ""), name: String(name ?? `#${String(id)}`) }}
      onChange={(link) => onChange(link.id ? { id: Number(link.id), name: link.name } : undefined)}
    />
  );
}

/** Parts of their own; those that need not be there have a switch. */
function Nested({ field, value, onChange, variables, label }: FieldProps) {
  const there = value !== undefined && value !== null;
  const fields = <Fields fields={field.fields ?? []} value={value} onChange={onChange} variables={variables} />;
  if (field.required) return <Fieldset legend={label}>{fields}</Fieldset>;
  return (
    <Fieldset>
      <Switch label={label} description={field.help} checked={there} onChange={(event) => onChange(event.currentTarget.checked ? {} : undefined)} mb={there ? "sm" : 0} />
      {there && fields}
    </Fieldset>
  );
}

export function RowTools({ at, rows, onChange, name }: { at: number; rows: unknown[]; onChange: (rows: unknown[]) => void; name: string }) {
  const { t } = useTranslation();
  const swap = (other: number) => onChange(rows.map((row, place) => (place === at ? rows[other] : place === other ? rows[at] : row)));
  return (
    <Group gap={2} justify="flex-end">
      <ActionIcon size="sm" disabled={at === 0} aria-label={`${t("flows.up")}: ${name}`} onClick={() => swap(at - 1)}>
        <ArrowUp size={14} />
      </ActionIcon>
      <ActionIcon size="sm" disabled={at === rows.length - 1} aria-label={`${t("flows.down")}: ${name}`} onClick={() => swap(at + 1)}>
        <ArrowDown size={14} />
      </ActionIcon>
      <ActionIcon size="sm" aria-label={`${t("flows.removeRow")}: ${name}`} onClick={() => onChange(rows.filter((_, place) => place !== at))}>
        <Trash2 size={14} />
      </ActionIcon>
    </Group>
  );
}

function Rows({ field, value, onChange, variables, label }: FieldProps) {
  const { t } = useTranslation();
  const rows = Array.isArray(value) ? (value as unknown[]) : [];
  return (
    <Fieldset legend={label}>
      <Stack gap="xs">
        {field.help && (
          <Text size="sm" c="dimmed">
            {field.help}
          </Text>
        )}
        {rows.map((row, at) => (
          <Fieldset key={at} legend={String(at + 1)}>
            <Fields fields={field.item?.fields ?? []} value={row} onChange={(next) => onChange(rows.map((old, place) => (place === at ? next : old)))} variables={variables} />
            <RowTools at={at} rows={rows} onChange={onChange} name={`${label} ${at + 1}`} />
          </Fieldset>
        ))}
        <Button variant="light" size="xs" leftSection={<Plus size={14} />} onClick={() => onChange([...rows, {}])}>
          {t("flows.addRow")}
        </Button>
      </Stack>
    </Fieldset>
  );
}

/** Keys of a map whose values are drawn: each is an output. */
function Cases({ label, value, onChange }: { label: string; value: unknown; onChange: (value: unknown) => void }) {
  const { t } = useTranslation();
  const cases = Object.entries((value ?? {}) as Record<string, unknown>);
  const rename = (at: number, key: string) => {
    if (cases.some(([other], place) => place !== at && other === key)) return;
    onChange(Object.fromEntries(cases.map(([old, steps], place) => [place === at ? key : old, steps])));
  };
  const fresh = () => String([...Array(100).keys()].find((one) => one > 0 && !cases.some(([key]) => key === String(one))) ?? "");
  return (
    <Fieldset legend={label}>
      <Stack gap="xs">
        {cases.map(([key], at) => (
          <Group key={at} gap="xs" wrap="nowrap">
            <CaseName value={key} label={t("flows.caseName", { at: at + 1 })} onKeep={(next) => rename(at, next)} />
            <ActionIcon aria-label={t("flows.removeCase", { name: key })} onClick={() => onChange(Object.fromEntries(cases.filter((_, place) => place !== at)))}>
              <Trash2 size={15} />
            </ActionIcon>
          </Group>
        ))}
        <Group gap="xs">
          <Button variant="light" size="xs" leftSection={<Plus size={14} />} onClick={() => onChange({ ...Object.fromEntries(cases), [fresh()]: [] })}>
            {t("flows.addCase")}
          </Button>
          {!cases.some(([key]) => key === "default") && (
            <Button variant="light" size="xs" onClick={() => onChange({ ...Object.fromEntries(cases), default: [] })}>
              default
            </Button>
          )}
        </Group>
      </Stack>
    </Fieldset>
  );
}

function CaseName({ value, label, onKeep }: { value: string; label: string; onKeep: (value: string) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <Autocomplete
      flex={1}
      aria-label={label}
      value={typed ?? value}
      onChange={setTyped}
      onBlur={() => {
        if (typed !== null && typed !== value) onKeep(typed);
        setTyped(null);
      }}
    />
  );
}

export function Json({ field, value, onChange, label }: FieldProps): ReactNode {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(() => (value === undefined ? "" : JSON.stringify(value, null, 2)));
  const keep = (text: string) => {
    setTyped(text);
    if (text.trim() === "") return onChange(undefined);
    try {
      onChange(JSON.parse(text) as unknown);
    } catch {
      // The text stays until it is JSON; the field says so.
    }
  };
  return <JsonInput label={label} description={field.help} required={field.required ?? false} value={typed} onChange={keep} validationError={t("flows.badJson")} autosize minRows={3} maxRows={16} formatOnBlur />;
}
