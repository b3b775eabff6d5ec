/** A calendar that holds only for a time. */
import { Stack, Switch } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Form } from "~/kit/RecordPage";
import type { Values } from "./index";

export function Validity({ form }: { form: Form<Values> }) {
  const { t } = useTranslation();
  const { start_at: start, end_at: end } = form.getValues();
  const [on, setOn] = useState(start !== null || end !== null);
  const set = (field: "start_at" | "end_at") => (value: string | null) =>
    form.setFieldValue(field, (value ? new Date(value).getTime() : null) as never);
  return (
    <Stack gap="sm">
      <Switch
        label={t("calendars.temporary")}
        checked={on}
        mt={28}
        onChange={(event) => {
          setOn(event.currentTarget.checked);
          if (!event.currentTarget.checked) form.setValues({ start_at: null, end_at: null } as never);
        }}
      />
      {on && (
        <>
          <DateTimePicker clearable label={t("calendars.start")} value={start ? new Date(start) : null} onChange={set("start_at")} error={form.errors["start_at"]} />
          <DateTimePicker clearable label={t("calendars.end")} value={end ? new Date(end) : null} onChange={set("end_at")} error={form.errors["end_at"]} />
        </>
      )}
    </Stack>
  );
}
