/** One block as it stands on the canvas. It asks the store only for what is its own, so that dragging another draws nothing here. */
import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import {
  Box, CircleAlert, CircleCheck, CircleX, Clock, Code, Database, Flag, Globe, type LucideIcon, Phone, PhoneOff, Play, Repeat, Split, StickyNote,
  TriangleAlert, Volume2,
} from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { type Port, summaryOf, titleOf } from "./catalogue";
import { type Block as Drawn, HEIGHT, type Note, PORT_HEIGHT, START } from "./drawing";
import classes from "./editor.module.css";
import { useEditor } from "./store";

export type BlockNode = Node<{ block: Drawn; ports: Port[]; group: string }, "block">;
export type NoteNode = Node<{ note: Note }, "note">;

const OWN: Record<string, LucideIcon> = {
  start: Flag, playback: Volume2, tts: Volume2, hangup: PhoneOff, if: Split, switch: Split, while: Repeat, goto: Repeat, httpRequest: Globe,
  success: CircleCheck, confirm: CircleCheck, cancel: CircleX, abandoned: CircleX, customCode: Code,
};
const GROUPS: Record<string, LucideIcon> = { call: Phone, control: Split, data: Database, outside: Globe, result: Flag, script: Code, time: Clock };

export function iconOf(app: string, group: string): LucideIcon {
  return OWN[app] ?? GROUPS[group] ?? Box;
}

export const BlockView = memo(function BlockView({ id, data, selected }: NodeProps<BlockNode>) {
  const { t } = useTranslation();
  const { block, ports, group } = data;
  const level = useEditor((state) => state.levels[id]);
  const active = useEditor((state) => state.active === id);
  const visits = useEditor((state) => state.visited[id]);
  const difference = useEditor((state) => state.differences[id]);
  const reasons = useEditor((state) => (state.levels[id] ? (state.checked?.problems ?? []).filter((one) => one.node === id).map((one) => one.message).join("\n") : ""));
  const Icon = iconOf(block.app, group);
  const title = block.app === START ? t("flows.start") : block.app === "customCode" ? t("flows.customCode") : titleOf(block.app);
  const main = ports[0]?.id === "out" ? ports[0] : undefined;
  const others = main ? ports.slice(1) : ports;
  const Mark = level === "note" ? null : level === "error" ? CircleAlert : level === "warning" ? TriangleAlert : null;
  return (
    <div className={classes["block"]} data-group={group} data-selected={selected || undefined} data-level={level} data-active={active || undefined} data-visited={visits ? true : undefined} data-difference={difference}>
      {block.app !== START && <Handle type="target" position={Position.Left} style={{ top: HEIGHT / 2 }} role="img" aria-label={t("flows.in")} />}
      <div className={classes["head"]} style={{ height: HEIGHT }}>
        <span className={classes["icon"]}>{block.app === START ? <Play size={17} aria-hidden /> : <Icon size={17} aria-hidden />}</span>
        <span className={classes["words"]}>
          <b>{title}</b>
          <span className={classes["summary"]}>{summaryOf(block)}</span>
        </span>
        {visits !== undefined && visits > 0 && <span className={classes["visits"]}>{visits}</span>}
        {Mark && (
          <span className={classes["mark"]} title={reasons} role="img" aria-label={`${t(`flows.levels.${level}`)}: ${reasons}`}>
            <Mark size={17} />
          </span>
        )}
      </div>
      {main && <Handle id={main.id} type="source" position={Position.Right} style={{ top: HEIGHT / 2 }} role="img" aria-label={t("flows.out")} />}
      {others.map((port, at) => (
        <div key={port.id} className={classes["port"]} style={{ height: PORT_HEIGHT }}>
          {t(`flows.ports.${port.label}`, port.label)}
          <Handle id={port.id} type="source" position={Position.Right} style={{ top: HEIGHT + PORT_HEIGHT * at + PORT_HEIGHT / 2 - (main ? 0 : 0) }} role="img" aria-label={port.label} />
        </div>
      ))}
    </div>
  );
});

export const NoteView = memo(function NoteView({ data, selected }: NodeProps<NoteNode>) {
  const { note } = data;
  return (
    <div className={classes["note"]} data-selected={selected || undefined} style={{ width: note.width ?? 240, minHeight: note.height ?? 60 }}>
      <StickyNote size={14} aria-hidden />
      <span>{note.text}</span>
    </div>
  );
});
