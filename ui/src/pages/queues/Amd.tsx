/** Answering-machine detection. */
import { NumberInput, Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Columns } from "~/kit/Fields";
import type { Form } from "~/kit/RecordPage";
import type { Values } from "./values";

const NUMBERS = [
  ["max_number_of_words", ""], ["between_words_silence", " ms"], ["max_word_length", " ms"], ["min_word_length", " ms"],
  ["total_analysis_time", " ms"], ["silence_threshold", ""], ["after_greeting_silence", " ms"], ["greeting", " ms"], ["initial_silence", " ms"],
] as const;

export function AmdTab({ form }: { form: Form<Values> }) {
  const { t } = useTranslation();
  const { enabled, allow_not_sure: notSure } = form.getValues().payload.amd;
  const flag = (name: string) => form.getInputProps(`payload.amd.${name}`, { type: "checkbox" });
  return (
    <Columns>
      <Switch className="whole" label={t("amd.use")} description={t("amd.useHint")} {...flag("enabled")} />
      {enabled &&
        NUMBERS.map(([name, suffix]) => <NumberInput key={name} label={t(`amd.${name}`)} suffix={suffix} min={0} {...form.getInputProps(`payload.amd.${name}`)} />)}
      {enabled && <Switch label={t("amd.allow_not_sure")} {...flag("allow_not_sure")} />}
      {enabled && notSure && <Switch label={t("amd.silence_not_sure")} {...flag("silence_not_sure")} />}
    </Columns>
  );
}
