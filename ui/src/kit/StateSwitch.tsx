/** On or off, from the row: shown at once, taken back with a reason when the service refuses. */
import { Switch } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Noun } from "~/api/noun";
import { keyOf, type Named } from "./ListPage";
import { sayFailed } from "./say";

interface Props<R extends Named> {
  noun: Noun<R>;
  row: R;
  /** Webitel says `enable` of gateways and `enabled` of all else. */
  field?: "enabled" | "enable";
  on: boolean;
}

export function StateSwitch<R extends Named>({ noun, row, field = "enabled", on }: Props<R>) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [shown, setShown] = useState(on);
  useEffect(() => setShown(on), [on]);
  const set = async (wanted: boolean) => {
    setShown(wanted);
    try {
      await noun.patch(row.id ?? "", { [field]: wanted });
    } catch (error) {
      setShown(!wanted);
      sayFailed(error, row.name);
    }
    await client.invalidateQueries({ queryKey: keyOf(noun) });
  };
  return (
    <Switch
      aria-label={t("stateOf", { name: row.name })}
      checked={shown}
      onChange={(event) => void set(event.currentTarget.checked)}
    />
  );
}
