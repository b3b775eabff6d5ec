/** What is played, in order: media, silence, a tone, spoken text, a sound from the web; a medium can be heard at once. */
import { Button, Fieldset, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { linkTo } from "~/api/http";
import { media } from "~/api/nouns";
import { KeyValues } from "~/kit/Fields";
import { Lookup } from "~/kit/Lookup";
import { type Field, valueOf, withValue } from "./catalogue";
import { RowTools } from "./fields";

const KINDS = ["media", "silence", "tone", "tts", "http_audio"] as const;

/** One sound or a list of them, told by the parts that an item has. */
export function isSounds(field: Omit<Field, "name">): boolean {
  const parts = field.type === "list" ? field.item?.fields : field.type === "object" ? field.fields : undefined;
  return Boolean(parts?.some((part) => part.lookup === "media") && parts.some((part) => part.name === "type") && parts.some((part) => part.name === "tts"));
}

interface Props {
  label: string;
  many: boolean;
  value: unknown;
  onChange: (value: unknown) => void;
  variables: string[];
}

export function Sounds({ label, many, value, onChange }: Props) {
  const { t } = useTranslation();
  const rows = many ? (Array.isArray(value) ? (value as unknown[]) : []) : value === undefined ? [] : [value];
  const keep = (next: unknown[]) => onChange(many ? next : next[0]);
  return (
    <Fieldset legend={label === "Files" ? t("flows.sounds") : label}>
      <Stack gap="sm">
        {rows.map((row, at) => (
          <div key={at}>
            <Sound value={row} onChange={(next) => keep(rows.map((old, place) => (place === at ? next : old)))} />
            <RowTools at={at} rows={rows} onChange={keep} name={`${label} ${at + 1}`} />
          </div>
        ))}
        {(many || rows.length === 0) && (
          <Button variant="light" size="xs" leftSection={<Plus size={14} />} onClick={() => keep([...rows, {}])}>
            {t("flows.addRow")}
          </Button>
        )}
      </Stack>
    </Fieldset>
  );
}

function Sound({ value, onChange }: { value: unknown; onChange: (value: unknown) => void }) {
  const { t } = useTranslation();
  const type = String(valueOf(value, "type") ?? "");
  const kind = KINDS.find((one) => one === type) ?? "media";
  const set = (name: string, next: unknown) => onChange(withValue(value, name, next));
  const text = (name: string) => String(valueOf(value, name) ?? "");
  const id = valueOf(value, "id");
  const url = valueOf(valueOf(value, "args"), "url");
  return (
    <Stack gap={6}>
      <Select
        label={t("flows.fileType")}
        allowDeselect={false}
        data={KINDS.map((one) => ({ value: one, label: t(`flows.kinds.${one}`) }))}
        value={kind}
        onChange={(next) => onChange(next === "media" ? {} : next === "silence" ? { type: next, name: "1000" } : { type: next })}
      />
      {kind === "media" && (
        <>
          <Lookup
            noun={media}
            label={t("flows.kinds.media")}
            required
            value={id === undefined && !text("name") ? undefined : { id: String(id ?? ""), name: text("name") || `#${String(id)}` }}
            onChange={(link) => onChange(link.id ? { id: Number(link.id), name: link.name } : {})}
          />
          {id !== undefined && (
            <audio key={String(id)} controls preload="none" style={{ width: "100%", height: 36 }} src={linkTo("/storage/media/{id}/stream", { id: String(id) })} aria-label={t("flows.listen", { name: text("name") })} />
          )}
        </>
      )}
      {kind === "silence" && <TextInput label={t("flows.ms")} inputMode="numeric" required value={text("name")} onChange={(event) => set("name", event.currentTarget.value)} />}
      {kind === "tone" && <TextInput label={t("flows.toneCode")} required value={text("name")} placeholder="%(1000,0,640)" onChange={(event) => set("name", event.currentTarget.value)} />}
      {kind === "tts" && (
        <Textarea label={t("flows.text")} required autosize minRows={2} value={String(valueOf(valueOf(value, "tts"), "text") ?? "")} placeholder="${member_name}"
          onChange={(event) => set("tts", withValue(valueOf(value, "tts"), "text", event.currentTarget.value))} />
      )}
      {kind === "http_audio" && (
        <>
          <TextInput label={t("flows.url")} required value={String(url ?? "")} placeholder="https://" onChange={(event) => set("args", withValue(valueOf(value, "args"), "url", event.currentTarget.value))} />
          <KeyValues label={t("flows.headers")} value={(valueOf(valueOf(value, "args"), "headers") ?? {}) as Record<string, string>} onChange={(next) => set("args", withValue(valueOf(value, "args"), "headers", next))} />
        </>
      )}
    </Stack>
  );
}
