/** What the service says of the flow, at the foot of the page; each line leads to its block. */
import { Text, UnstyledButton } from "@mantine/core";
import { ChevronDown, ChevronUp, CircleCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { LevelIcon, LEVELS } from "../Found";
import type { State } from "./checking";
import classes from "./editor.module.css";
import { useEditor } from "./store";

export function Problems({ state }: { state: State }) {
  const { t } = useTranslation();
  const checked = useEditor((one) => one.checked);
  const [open, setOpen] = useState(false);
  const problems = [...(checked?.problems ?? [])].sort((a, b) => LEVELS.indexOf(a.level ?? "") - LEVELS.indexOf(b.level ?? ""));
  const worst = problems[0]?.level;
  const { show, select } = useEditor.getState();
  return (
    <section className={classes["foot"]} aria-label={t("flows.problems")}>
      <UnstyledButton className={classes["footHead"]} aria-expanded={open} disabled={problems.length === 0} onClick={() => setOpen(!open)}>
        {worst ? <LevelIcon level={worst} /> : <CircleCheck size={16} color="var(--mantine-color-green-7)" aria-hidden />}
        <span aria-live="polite">
          {state === "away" ? t("flows.notChecked") : problems.length > 0 ? t("flows.toMend", { count: problems.length }) : checked ? t("flows.valid") : t("flows.checking")}
        </span>
        {problems.length > 0 && (open ? <ChevronDown size={15} aria-hidden /> : <ChevronUp size={15} aria-hidden />)}
      </UnstyledButton>
      {open && problems.length > 0 && (
        <div className={classes["problems"]}>
          {problems.map((one, at) => (
            <UnstyledButton
              key={at}
              className={classes["problem"]}
              onClick={() => {
                if (!one.node) return;
                show(one.node);
                select([one.node]);
              }}
            >
              <LevelIcon level={one.level ?? "note"} />
              <span>{one.message}</span>
              <Text size="xs" c="dimmed" ff="monospace" span>
                {one.path}
              </Text>
            </UnstyledButton>
          ))}
        </div>
      )}
    </section>
  );
}
