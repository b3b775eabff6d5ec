/** The schema as JSON beside the drawing. Either may be changed: the other follows. */
import { Alert, CloseButton, Text } from "@mantine/core";
import { findNodeAtLocation, parseTree } from "jsonc-parser";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { textOf } from "~/kit/say";
import JsonEditor from "../JsonEditor";
import { useJsonSchema } from "../language";
import { decompile } from "./checking";
import classes from "./editor.module.css";
import { useEditor } from "./store";

const PAUSE_MS = 500;

export default function JsonSide({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const jsonSchema = useJsonSchema();
  const catalogue = useEditor((state) => state.catalogue);
  const schema = useEditor((state) => state.checked?.schema);
  const places = useEditor((state) => state.checked?.places);
  const selected = useEditor((state) => state.selected);
  const [text, setText] = useState("");
  const [bad, setBad] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const turn = useRef(0);
  const typing = useRef(false);
  useEffect(() => {
    if (schema && !typing.current) setText((now) => (same(now, schema) ? now : JSON.stringify(schema, null, 2)));
  }, [schema]);
  const edit = (next: string) => {
    setText(next);
    typing.current = true;
    clearTimeout(timer.current);
    const mine = ++turn.current;
    timer.current = setTimeout(async () => {
      try {
        const written = JSON.parse(next) as unknown[];
        const { history, act } = useEditor.getState();
        const drawn = await decompile(written, history.now);
        if (turn.current !== mine) return;
        act(() => drawn, "json");
        setBad("");
      } catch (error) {
        if (turn.current === mine) setBad(textOf(error));
      } finally {
        if (turn.current === mine) typing.current = false;
      }
    }, PAUSE_MS);
  };
  const [only] = selected;
  const path = selected.size === 1 && only ? places?.[only] : undefined;
  const mark = useMemo(() => (path ? rangeOf(text, path) : null), [text, path]);
  return (
    <section className={classes["side"]} aria-label={t("flows.json")}>
      <div className={classes["sideHead"]}>
        <Text fw={600} flex={1}>
          {t("flows.json")}
        </Text>
        <CloseButton aria-label={t("record.close")} onClick={onClose} />
      </div>
      {bad && (
        <Alert color="orange" p="xs" m={8}>
          {t("flows.jsonBad")} {bad}
        </Alert>
      )}
      <JsonEditor label={t("flows.json")} value={text} schema={jsonSchema} snippets={[...catalogue.values()]} onChange={edit} mark={mark} />
    </section>
  );
}

function same(text: string, schema: unknown): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(schema);
  } catch {
    return false;
  }
}

/** `[1].if.then[0]` as the characters where it stands. */
export function rangeOf(text: string, path: string): { from: number; to: number } | null {
  const tree = parseTree(text);
  const parts = [...path.matchAll(/\[(\d+)\]|\.?([^.[\]]+)/g)].map((found) => (found[1] !== undefined ? Number(found[1]) : (found[2] ?? "")));
  const node = tree && findNodeAtLocation(tree, parts);
  return node ? { from: node.offset, to: node.offset + node.length } : null;
}
