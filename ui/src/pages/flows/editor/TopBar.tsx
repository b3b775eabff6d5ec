/** The bar above the canvas. */
import { ActionIcon, Badge, Button, Menu, Text, Tooltip } from "@mantine/core";
import {
  Braces, CopyPlus, Download, Ellipsis, FileCode, Flag, History, Keyboard, LayoutGrid, type LucideIcon, Pencil, Play, Redo2, Search, StickyNote, Trash2, Undo2,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import { TYPE_NAMES } from "../exchange";
import { START } from "./drawing";
import classes from "./editor.module.css";
import { removeSelected, useEditor } from "./store";

export type Side = "json" | "run" | "versions" | null;

interface Props {
  name: string;
  type: string;
  dirty: boolean;
  busy: boolean;
  side: Side;
  saved: string;
  onSide: (side: Side) => void;
  onSave: () => void;
  onArrange: () => void;
  onNote: () => void;
  onFind: () => void;
  onDialog: (dialog: "settings" | "saveAs" | "keys") => void;
  onExport: () => void;
  onCode: (() => void) | undefined;
  onClose: () => void;
}

function Tool({ icon: Icon, label, onClick, disabled = false, pressed }: { icon: LucideIcon; label: string; onClick: () => void; disabled?: boolean; pressed?: boolean }) {
  return (
    <Tooltip label={label}>
      <ActionIcon size="lg" aria-label={label} disabled={disabled} onClick={onClick} {...(pressed === undefined ? {} : { "aria-pressed": pressed, variant: pressed ? "light" : "subtle" })}>
        <Icon size={18} />
      </ActionIcon>
    </Tooltip>
  );
}

export function TopBar(props: Props) {
  const { t } = useTranslation();
  const canUndo = useEditor((state) => state.history.past.length > 0);
  const canRedo = useEditor((state) => state.history.future.length > 0);
  const count = useEditor((state) => state.selected.size);
  const onlyStart = useEditor((state) => state.selected.size === 1 && state.selected.has(START));
  const { undo, redo, show } = useEditor.getState();
  return (
    <div className={classes["bar"]} role="toolbar" aria-label={t("flows.canvas")}>
      <h1 className={classes["title"]} style={{ fontSize: 16, margin: 0 }}>
        {props.name || t("flows.new")}
      </h1>
      <Tool icon={Pencil} label={t("flows.settings")} onClick={() => props.onDialog("settings")} />
      <Badge variant="default" tt="none" fw={500}>
        {t(`flows.types.${TYPE_NAMES[props.type] ?? "none"}`)}
      </Badge>
      <Tool icon={Undo2} label={t("flows.undo")} disabled={!canUndo} onClick={undo} />
      <Tool icon={Redo2} label={t("flows.redo")} disabled={!canRedo} onClick={redo} />
      <Tool icon={LayoutGrid} label={t("flows.arrange")} onClick={props.onArrange} />
      {count > 0 && !onlyStart && <Tool icon={Trash2} label={t("flows.remove")} onClick={removeSelected} />}
      <Tool icon={Flag} label={t("flows.toStart")} onClick={() => show(START)} />
      <Tool icon={StickyNote} label={t("flows.addNote")} onClick={props.onNote} />
      <Tool icon={Search} label={t("flows.findInFlow")} onClick={props.onFind} />
      <div className={classes["grow"]} />
      <Text size="sm" c="dimmed" aria-live="polite">
        {props.saved}
      </Text>
      <Button size="sm" variant={props.side === "run" ? "light" : "default"} leftSection={<Play size={15} aria-hidden />} aria-pressed={props.side === "run"} onClick={() => props.onSide("run")}>
        {t("flows.run")}
      </Button>
      <Tool icon={Braces} label={t("flows.jsonView")} pressed={props.side === "json"} onClick={() => props.onSide("json")} />
      {props.onCode && <Tool icon={History} label={t("flows.versions")} pressed={props.side === "versions"} onClick={() => props.onSide("versions")} />}
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <ActionIcon size="lg" aria-label={t("flows.more")}>
            <Ellipsis size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<CopyPlus size={16} aria-hidden />} onClick={() => props.onDialog("saveAs")}>
            {t("flows.saveAs")}
          </Menu.Item>
          <Menu.Item leftSection={<Download size={16} aria-hidden />} onClick={props.onExport}>
            {t("flows.export")}
          </Menu.Item>
          {props.onCode && (
            <Menu.Item leftSection={<FileCode size={16} aria-hidden />} onClick={props.onCode}>
              {t("flows.openCode")}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<Keyboard size={16} aria-hidden />} onClick={() => props.onDialog("keys")}>
            {t("flows.shortcuts")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button size="sm" loading={props.busy} disabled={!props.dirty} onClick={props.onSave}>
        {props.dirty ? t("record.save") : t("record.isSaved")}
      </Button>
      <Button size="sm" variant="default" onClick={props.onClose}>
        {t("record.close")}
      </Button>
    </div>
  );
}
