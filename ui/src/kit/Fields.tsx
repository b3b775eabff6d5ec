/** Fields that the forms share, beside Mantine's own. */
import { ActionIcon, Button, Group, Stack, Text, Textarea, TextInput, type TextInputProps } from "@mantine/core";
import { Plus, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { clockOf, durationOf, minutesOf, secondsOf } from "./times";

type Common = Omit<TextInputProps, "value" | "onChange" | "defaultValue">;

interface Written extends Common {
  value?: number;
  onChange?: ((value: number) => void) | undefined;
  write: (value: number) => string;
  read: (text: string) => number | null;
  wrong: string;
}

/** A number that people write as text: it is read when they leave the field. */
function WrittenInput({ value = 0, onChange, write, read, wrong, error, onBlur, ...rest }: Written) {
  const [typed, setTyped] = useState<string | null>(null);
  const bad = typed !== null && read(typed) === null;
  return (
    <TextInput
      {...rest}
      value={typed ?? write(value)}
      error={bad ? wrong : error}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        const found = read(text);
        if (found !== null) onChange?.(found);
      }}
      onBlur={(event) => {
        if (!bad) setTyped(null);
        onBlur?.(event);
      }}
    />
  );
}

type Numeric = Common & { value?: number; onChange?: (value: number) => void };

/** Seconds, written `hh:mm:ss`. */
export function DurationInput(props: Numeric) {
  const { t } = useTranslation();
  return <WrittenInput {...props} write={durationOf} read={secondsOf} wrong={t("fields.duration")} placeholder="00:00:00" />;
}

/** Minutes of the day, written `hh:mm`. */
export function ClockInput(props: Numeric) {
  const { t } = useTranslation();
  return <WrittenInput {...props} write={clockOf} read={minutesOf} wrong={t("fields.clock")} placeholder="00:00" />;
}

interface Pair {
  key: string;
  value: string;
}

/** A map of texts as rows of key and value; rows without a key are dropped. */
export function KeyValues({ value, onChange, label, hint }: {
  value: Record<string, string>;
  onChange: (value: Record<string, string>) => void;
  label: ReactNode;
  hint?: ReactNode;
}) {
  const { t } = useTranslation();
  const [rows, setRows] = useState<Pair[]>(() => Object.entries(value).map(([key, text]) => ({ key, value: text })));
  const keep = (next: Pair[]) => {
    setRows(next);
    onChange(Object.fromEntries(next.filter((row) => row.key.trim()).map((row) => [row.key.trim(), row.value])));
  };
  const set = (at: number, change: Partial<Pair>) => keep(rows.map((row, place) => (place === at ? { ...row, ...change } : row)));
  return (
    <Stack gap="xs" maw={760}>
      <Text fw={550} size="sm">
        {label}
      </Text>
      {hint && (
        <Text size="sm" c="dimmed">
          {hint}
        </Text>
      )}
      {rows.map((row, at) => (
        <Group key={at} gap="xs" wrap="nowrap">
          <TextInput flex={1} aria-label={t("fields.key")} placeholder={t("fields.key")} value={row.key} onChange={(event) => set(at, { key: event.currentTarget.value })} />
          <TextInput flex={2} aria-label={t("fields.value")} placeholder={t("fields.value")} value={row.value} onChange={(event) => set(at, { value: event.currentTarget.value })} />
          <ActionIcon aria-label={t("fields.removeRow")} onClick={() => keep(rows.filter((_, place) => place !== at))}>
            <Trash2 size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Button variant="light" w="fit-content" leftSection={<Plus size={15} />} onClick={() => setRows([...rows, { key: "", value: "" }])}>
        {t("fields.addRow")}
      </Button>
    </Stack>
  );
}

/** Two columns on a wide screen, one on a narrow one. */
export function Columns({ children }: { children: ReactNode }) {
  return <div className="columns">{children}</div>;
}

/** All that the records have to say of themselves that are only a name for other things. `field` is the form's `getInputProps`. */
export function NameAndDescription({ field }: { field: (path: "name" | "description") => object }) {
  const { t } = useTranslation();
  return (
    <Columns>
      <TextInput label={t("name")} required {...field("name")} />
      <Textarea label={t("description")} autosize minRows={2} {...field("description")} />
    </Columns>
  );
}
