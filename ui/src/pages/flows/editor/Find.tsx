/** Finds a text anywhere in the flow: names of blocks, settings, descriptions. */
import { ActionIcon, CloseButton, Text, TextInput } from "@mantine/core";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { titleOf } from "./catalogue";
import classes from "./editor.module.css";
import { useEditor } from "./store";

export function Find({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const drawing = useEditor((state) => state.history.now);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const words = text.trim().toLowerCase();
  const found = words ? drawing.nodes.filter((block) => `${titleOf(block.app)} ${JSON.stringify(block)}`.toLowerCase().includes(words)) : [];
  const go = (to: number) => {
    const block = found[to % Math.max(1, found.length)];
    if (!block) return;
    setAt(to % found.length);
    useEditor.getState().select([block.id]);
    useEditor.getState().show(block.id);
  };
  return (
    <div className={classes["find"]} role="search">
      <TextInput
        autoFocus
        size="xs"
        w={200}
        aria-label={t("flows.findInFlow")}
        placeholder={t("flows.findInFlow")}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(-1);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") go(at + 1);
          if (event.key === "Escape") onClose();
        }}
      />
      <Text size="xs" c="dimmed" miw={52} aria-live="polite">
        {words && t("flows.foundAt", { at: found.length > 0 ? Math.max(0, at) + (at < 0 ? 0 : 1) : 0, count: found.length })}
      </Text>
      <ActionIcon size="sm" aria-label={t("flows.next")} onClick={() => go(at + 1)}>
        <ChevronDown size={15} />
      </ActionIcon>
      <CloseButton size="sm" aria-label={t("record.close")} onClick={onClose} />
    </div>
  );
}
