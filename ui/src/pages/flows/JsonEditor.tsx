/** JSON as text, with our JSON Schema looking over one's shoulder. */
import { Validator } from "@cfworker/json-schema";
import { autocompletion, completeFromList, snippetCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import { bracketMatching, defaultHighlightStyle, foldGutter, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, linter, lintGutter } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useComputedColorScheme } from "@mantine/core";
import { findNodeAtLocation, parseTree } from "jsonc-parser";
import { useEffect, useRef } from "react";
import classes from "./flows.module.css";

interface Props {
  value: string;
  label: string;
  onChange?: (text: string) => void;
  /** The JSON Schema of what is written; null until it is there. */
  schema?: object | null;
  /** Applications that can be put in by their names. */
  snippets?: { name: string; help: string }[];
  readOnly?: boolean;
  /** Characters to bring into view and mark. */
  mark?: { from: number; to: number } | null;
}

const darkColours = HighlightStyle.define([
  { tag: tags.string, color: "#a5d6a7" },
  { tag: tags.number, color: "#ffcc80" },
  { tag: tags.propertyName, color: "#9fb4ff" },
  { tag: [tags.bool, tags.null], color: "#ff9e9e" },
]);

export default function JsonEditor(props: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const look = useRef(new Compartment()).current;
  const dark = useComputedColorScheme("light") === "dark";
  useEffect(() => {
    if (!place.current) return;
    const options = (props.snippets ?? []).map((one) =>
      snippetCompletion(`{"${one.name}": \${}}`, { label: one.name, detail: one.help.slice(0, 60), type: "function" }),
    );
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: props.value,
        extensions: [
          lineNumbers(), foldGutter(), history(), drawSelection(), indentOnInput(), bracketMatching(), highlightActiveLine(),
          highlightSelectionMatches(), json(), lintGutter(), linter(problemsIn(() => latest.current.schema ?? null), { delay: 400 }),
          autocompletion({ override: [completeFromList(options)] }),
          keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab]),
          EditorState.readOnly.of(props.readOnly ?? false),
          EditorView.contentAttributes.of({ "aria-label": props.label }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((one) => one.isUserEvent("outside"))) latest.current.onChange?.(update.state.doc.toString());
          }),
          look.of(lookOf(dark)),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
    // Made once: later values come in below.
    // eslint-disable-next-line
  }, []);
  useEffect(() => {
    view.current?.dispatch({ effects: look.reconfigure(lookOf(dark)) });
  }, [dark, look]);
  useEffect(() => {
    const now = view.current;
    if (!now || now.state.doc.toString() === props.value) return;
    now.dispatch({ changes: { from: 0, to: now.state.doc.length, insert: props.value }, userEvent: "outside" });
  }, [props.value]);
  const { from, to } = props.mark ?? {};
  useEffect(() => {
    const now = view.current;
    if (!now || from === undefined || to === undefined || to > now.state.doc.length || now.hasFocus) return;
    now.dispatch({ selection: { anchor: from, head: to }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
  }, [from, to]);
  return <div ref={place} className={classes["code"]} />;
}

function lookOf(dark: boolean) {
  const theme = EditorView.theme(
    {
      "&": { backgroundColor: "transparent", color: "var(--mantine-color-text)" },
      ".cm-gutters": { backgroundColor: "transparent", color: "var(--mantine-color-dimmed)", borderColor: "var(--outdial-line)" },
      ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--outdial-hover)" },
      ".cm-cursor": { borderLeftColor: "var(--mantine-color-text)" },
      "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: dark ? "#3640b080 !important" : "#b3b9f290 !important" },
      ".cm-tooltip": { backgroundColor: "var(--mantine-color-body)", border: "1px solid var(--outdial-line)" },
    },
    { dark },
  );
  return [theme, syntaxHighlighting(dark ? darkColours : defaultHighlightStyle)];
}

/** Faults of JSON first; with good JSON, what the JSON Schema says. */
function problemsIn(schemaOf: () => object | null) {
  const parses = jsonParseLinter();
  return (view: EditorView): Diagnostic[] => {
    const faults = parses(view);
    const schema = schemaOf();
    if (faults.length > 0 || !schema) return faults;
    const text = view.state.doc.toString();
    const tree = parseTree(text);
    if (!tree) return [];
    const found = new Validator(schema as never, "2020-12", false).validate(JSON.parse(text));
    return found.errors
      .filter((one) => !["anyOf", "oneOf", "allOf", "properties", "items", "$ref", "additionalProperties"].includes(one.keyword))
      .slice(0, 50)
      .map((one) => {
        const path = one.instanceLocation.split("/").slice(1).map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"));
        const node = findNodeAtLocation(tree, path.map((part) => (/^\d+$/.test(part) ? Number(part) : part))) ?? tree;
        return { from: node.offset, to: Math.min(node.offset + node.length, node.offset + 200), severity: "warning", message: one.error };
      });
  };
}
