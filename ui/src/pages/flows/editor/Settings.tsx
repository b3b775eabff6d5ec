/** What the chosen block does. It lies over the canvas, so that nothing on the canvas moves when it opens. */
import { ActionIcon, Button, CloseButton, Divider, Group, NumberInput, ScrollArea, Select, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { Plus, Trash2 } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { portsOf, titleOf, variablesOf } from "./catalogue";
import { type Block, changeNote, connect, disconnect, type Note, START } from "./drawing";
import classes from "./editor.module.css";
import { Field, Fields, Json } from "./fields";
import { blockOf, changeBlock, removeSelected, useEditor } from "./store";
import { LevelIcon } from "../Found";

export function Settings() {
  const selected = useEditor((state) => state.selected);
  const [only] = selected;
  const id = selected.size === 1 ? (only ?? "") : "";
  const block = useEditor(blockOf(id));
  const note = useEditor((state) => state.history.now.notes?.find((one) => one.id === id));
  if (block) return <BlockSettings key={block.id} block={block} />;
  return note ? <NoteSettings key={note.id} note={note} /> : null;
}

function Frame({ title, children, fixed = false }: { title: string; children: React.ReactNode; fixed?: boolean }) {
  const { t } = useTranslation();
  const close = () => useEditor.getState().select([]);
  return (
    <section className={classes["panel"]} aria-label={t("flows.panel", { name: title })} onKeyDown={(event) => event.key === "Escape" && close()}>
      <div className={classes["sideHead"]}>
        <Text fw={600} flex={1} truncate component="h2" fz="md">
          {title}
        </Text>
        {!fixed && (
          <ActionIcon aria-label={t("flows.remove")} onClick={removeSelected}>
            <Trash2 size={16} />
          </ActionIcon>
        )}
        <CloseButton aria-label={t("flows.closePanel")} onClick={close} />
      </div>
      <ScrollArea flex={1} type="auto">
        <Stack p="sm" gap="sm">
          {children}
        </Stack>
      </ScrollArea>
    </section>
  );
}

function NoteSettings({ note }: { note: Note }) {
  const { t } = useTranslation();
  const set = (changes: Partial<Note>) => useEditor.getState().act((now) => changeNote(now, note.id, changes), `note ${note.id}`);
  return (
    <Frame title={t("flows.note")}>
      <Textarea label={t("flows.noteText")} autosize minRows={3} value={note.text} data-autofocus onChange={(event) => set({ text: event.currentTarget.value })} />
    </Frame>
  );
}

function BlockSettings({ block }: { block: Block }) {
  const { t } = useTranslation();
  const catalogue = useEditor((state) => state.catalogue);
  const drawing = useEditor((state) => state.history.now);
  const type = useEditor((state) => state.type);
  const problems = useEditor((state) => state.checked?.problems);
  const variables = useMemo(() => variablesOf(catalogue, drawing, type), [catalogue, drawing, type]);
  const application = catalogue.get(block.app);
  const isStart = block.id === START;
  const title = isStart ? t("flows.start") : block.app === "customCode" ? t("flows.customCode") : titleOf(block.app);
  const setArgs = (args: unknown) => changeBlock(block.id, { args }, `args ${block.id}`);
  const found = (problems ?? []).filter((one) => one.node === block.id && one.level !== "note");
  return (
    <Frame title={title} fixed={isStart}>
      <Text size="sm" c="dimmed">
        {isStart ? t("flows.startHelp") : (application?.help ?? (block.app === "customCode" ? "" : t("flows.unknownHelp")))}
      </Text>
      {found.map((one, at) => (
        <Group key={at} gap={6} wrap="nowrap" align="flex-start">
          <LevelIcon level={one.level ?? "note"} />
          <Text size="sm">{one.message}</Text>
        </Group>
      ))}
      {!isStart && application && !application.whole && <Fields fields={application.fields} value={block.args} onChange={setArgs} variables={variables} />}
      {!isStart && application?.whole && block.app !== "goto" && <Field field={application.whole} label={t("flows.value")} value={block.args} onChange={(value) => setArgs(value ?? "")} variables={variables} />}
      {!isStart && !application && <Json field={{ type: "any" }} label={t("flows.json")} value={block.args} onChange={setArgs} variables={[]} />}
      <Connections block={block} />
      {!isStart && <Common block={block} />}
    </Frame>
  );
}

const nameOf = (block: Block) => `${titleOf(block.app)} ${block.id}${block.description ? ` · ${block.description}` : ""}`;

/** The same as drawing wires, without a mouse. */
function Connections({ block }: { block: Block }) {
  const { t } = useTranslation();
  const catalogue = useEditor((state) => state.catalogue);
  const drawing = useEditor((state) => state.history.now);
  const act = useEditor((state) => state.act);
  const ports = portsOf(catalogue, block);
  const others = drawing.nodes.filter((one) => one.id !== START).map((one) => ({ value: one.id, label: nameOf(one) }));
  if (ports.length === 0) return null;
  return (
    <>
      <Divider label={t("flows.connections")} labelPosition="left" />
      {ports.map((port) => {
        const wire = drawing.edges.find((edge) => edge.from === block.id && edge.port === port.id);
        return (
          <Select
            key={port.id}
            size="xs"
            label={t(`flows.ports.${port.label}`, port.label)}
            data={others}
            value={wire?.to ?? null}
            placeholder={t("flows.nowhere")}
            searchable
            clearable
            onChange={(to) => act((now) => (to ? connect(now, { from: block.id, port: port.id, to }) : disconnect(now, block.id, port.id)))}
          />
        );
      })}
    </>
  );
}

function Common({ block }: { block: Block }) {
  const { t } = useTranslation();
  const meta = block.meta ?? {};
  const limit = meta["limit"] as { max?: number } | undefined;
  const set = (name: string, value: unknown) => {
    const { [name]: _, ...rest } = meta;
    const next = value === undefined ? rest : { ...rest, [name]: value };
    changeBlock(block.id, { meta: next }, `${name} ${block.id}`);
  };
  return (
    <>
      <Divider label={t("flows.common")} labelPosition="left" />
      <Switch label={t("flows.break")} description={t("flows.breakHint")} checked={meta["break"] === true} onChange={(event) => set("break", event.currentTarget.checked || undefined)} />
      {limit ? (
        <Group align="flex-end" gap="xs" wrap="nowrap">
          <NumberInput flex={1} label={t("flows.max")} description={t("flows.maxHint")} min={1} allowDecimal={false} value={limit.max ?? 1} onChange={(max) => set("limit", { ...limit, max: Number(max) || 1 })} />
          <ActionIcon size="lg" aria-label={t("flows.deleteLimit")} title={t("flows.deleteLimit")} onClick={() => set("limit", undefined)}>
            <Trash2 size={16} />
          </ActionIcon>
        </Group>
      ) : (
        <Button variant="light" size="xs" w="fit-content" leftSection={<Plus size={14} />} onClick={() => set("limit", { max: 3 })}>
          {t("flows.addLimit")}
        </Button>
      )}
      <TextInput label={t("flows.tag")} description={t("flows.tagHint")} value={String(meta["tag"] ?? "")} onChange={(event) => set("tag", event.currentTarget.value || undefined)} />
      <Textarea label={t("flows.addDescription")} autosize minRows={1} value={block.description ?? ""} onChange={(event) => changeBlock(block.id, { description: event.currentTarget.value }, `description ${block.id}`)} />
    </>
  );
}
