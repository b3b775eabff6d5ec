/** Everything that can be drawn: beside the canvas, and in the small search that opens on it. */
import { TextInput, UnstyledButton } from "@mantine/core";
import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { iconOf } from "./Block";
import { type Ask, DRAGGED } from "./Canvas";
import { type Application, offered, titleOf } from "./catalogue";
import classes from "./editor.module.css";
import { addBlock, useEditor } from "./store";

interface Item {
  app: string;
  title: string;
  help: string;
  group: string;
}
const GROUPS = ["call", "control", "data", "result", "outside", "script", "time", "other"];
const FIRST = ["playback", "hangup", "if", "switch", "set", "success", "abandoned", "confirm", "cancel"];

function useItems(searched: string): Item[] {
  const { t } = useTranslation();
  const type = useEditor((state) => state.type);
  const catalogue = useEditor((state) => state.catalogue);
  const all = useMemo(
    () => [
      ...offered(catalogue, type).map((one: Application) => ({ app: one.name, title: titleOf(one.name), help: one.help, group: one.group })),
      { app: "customCode", title: t("flows.customCode"), help: "", group: "other" },
    ],
    [catalogue, type, t],
  );
  const words = searched.trim().toLowerCase();
  return useMemo(() => {
    if (!words) return [...all].sort((a, b) => GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group) || rank(a.app) - rank(b.app));
    return all
      .map((one) => ({ one, at: score(one, words, String(t(`flows.synonyms.${one.app}`, { defaultValue: "" }))) }))
      .filter(({ at }) => at > 0)
      .sort((a, b) => b.at - a.at || rank(a.one.app) - rank(b.one.app))
      .map(({ one }) => one);
  }, [all, words, t]);
}

const rank = (app: string) => (FIRST.includes(app) ? FIRST.indexOf(app) : FIRST.length);

function score(item: Item, words: string, synonyms: string): number {
  const title = item.title.toLowerCase();
  if (title === words || item.app.toLowerCase() === words) return 5;
  if (title.startsWith(words) || item.app.toLowerCase().startsWith(words)) return 4;
  if (title.includes(words)) return 3;
  if (synonyms.toLowerCase().includes(words)) return 2;
  return item.help.toLowerCase().includes(words) ? 1 : 0;
}

export function Palette() {
  const { t } = useTranslation();
  const [searched, setSearched] = useState("");
  const items = useItems(searched);
  const grouped = searched.trim() ? [["", items] as const] : GROUPS.map((group) => [group, items.filter((one) => one.group === group)] as const);
  return (
    <aside className={classes["palette"]} aria-label={t("flows.palette")}>
      <TextInput
        type="search"
        size="xs"
        placeholder={t("flows.searchBlocks")}
        aria-label={t("flows.searchBlocks")}
        leftSection={<Search size={14} aria-hidden />}
        value={searched}
        onChange={(event) => setSearched(event.currentTarget.value)}
        onKeyDown={(event) => {
          const first = items[0];
          if (event.key === "Enter" && first && searched.trim()) addBlock(first.app);
        }}
      />
      <div className={classes["items"]}>
        {items.length === 0 && <div className={classes["group"]}>{t("flows.noBlocks")}</div>}
        {grouped.map(([group, members]) => members.length > 0 && (
          <div key={group}>
            {group && <div className={classes["group"]}>{t(`flows.groups.${group}`)}</div>}
            {members.map((item) => (
              <Row key={item.app} item={item} draggable onPick={() => addBlock(item.app)} />
            ))}
          </div>
        ))}
      </div>
    </aside>
  );
}

function Row({ item, onPick, picked, draggable = false }: { item: Item; onPick: () => void; picked?: boolean; draggable?: boolean }) {
  const { t } = useTranslation();
  const Icon = iconOf(item.app, item.group);
  return (
    <UnstyledButton
      className={classes["item"]}
      data-group={item.group}
      data-app={item.app}
      data-picked={picked || undefined}
      title={item.help}
      aria-label={t("flows.addNamed", { name: item.title })}
      draggable={draggable}
      onDragStart={(event) => {
        event.dataTransfer.setData(DRAGGED, item.app);
        event.dataTransfer.effectAllowed = "copy";
      }}
      onClick={onPick}
    >
      <Icon size={15} color="var(--tint)" aria-hidden />
      {item.title}
    </UnstyledButton>
  );
}

/** The search that opens by "/", by a double click, and where a wire is let go. */
export function QuickAdd({ ask, onClose }: { ask: Ask; onClose: () => void }) {
  const { t } = useTranslation();
  const [searched, setSearched] = useState("");
  const [at, setAt] = useState(0);
  const items = useItems(searched);
  const box = useRef<HTMLDivElement>(null);
  const pick = (item: Item | undefined) => {
    if (!item) return;
    const keyboard = ask.spot.x === Infinity;
    addBlock(item.app, keyboard ? undefined : { x: ask.spot.x, y: ask.spot.y - 32 }, ask.from);
    onClose();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose();
    else if (event.key === "Enter") pick(items[at]);
    else if (event.key === "ArrowDown") setAt(Math.min(items.length - 1, at + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  useEffect(() => {
    box.current?.querySelector("[data-picked]")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return (
    <div
      ref={box}
      className={classes["quick"]}
      style={{ left: Math.max(8, ask.at.x), top: Math.max(8, ask.at.y) }}
      role="dialog"
      aria-label={t("flows.quickAdd")}
      onKeyDown={onKey}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && onClose()}
    >
      <TextInput
        autoFocus
        size="xs"
        mb={6}
        placeholder={t("flows.searchBlocks")}
        aria-label={t("flows.searchBlocks")}
        value={searched}
        onChange={(event) => {
          setSearched(event.currentTarget.value);
          setAt(0);
        }}
      />
      <div style={{ overflowY: "auto" }}>
        {items.length === 0 && <div className={classes["group"]}>{t("flows.noBlocks")}</div>}
        {items.map((item, place) => (
          <Row key={item.app} item={item} picked={place === at} onPick={() => pick(item)} />
        ))}
      </div>
    </div>
  );
}
