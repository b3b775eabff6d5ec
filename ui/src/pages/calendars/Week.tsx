/** The working week: a grid to see it, rows to set it. */
import { ActionIcon, Alert, Group, Switch, Table, Text, Tooltip } from "@mantine/core";
import { Plus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ClockInput } from "~/kit/Fields";
import classes from "./calendars.module.css";

export interface Hours {
  /** 0 is Monday. */
  day: number;
  disabled: boolean;
  start_time_of_day: number;
  end_time_of_day: number;
}

const DAYS = [0, 1, 2, 3, 4, 5, 6];
const OPEN = { disabled: false, start_time_of_day: 540, end_time_of_day: 1200 };

export function defaultWeek(): Hours[] {
  return DAYS.map((day) => ({ day, ...OPEN }));
}

/** Whether two ranges of one day meet, or one ends before it starts. */
export function overlaps(hours: Hours[]): boolean {
  const on = hours.filter((one) => !one.disabled);
  return on.some(
    (one, at) =>
      one.start_time_of_day >= one.end_time_of_day ||
      on.some((other, place) => place > at && other.day === one.day && meets(one, other)),
  );
}

function meets(one: Hours, other: Hours): boolean {
  return one.start_time_of_day < other.end_time_of_day && other.start_time_of_day < one.end_time_of_day;
}

export function dayName(day: number, language: string, width: "long" | "short" = "long"): string {
  return new Intl.DateTimeFormat(language, { weekday: width, timeZone: "UTC" }).format(Date.UTC(2024, 0, 1 + day));
}

interface Props {
  value?: Hours[];
  onChange?: (hours: Hours[]) => void;
  error?: ReactNode;
}

export function Week({ value = [], onChange, error }: Props) {
  const { t, i18n } = useTranslation();
  const set = (at: number, change: Partial<Hours>) => onChange?.(value.map((one, place) => (place === at ? { ...one, ...change } : one)));
  const add = (day: number) => onChange?.([...value, { day, ...OPEN }]);
  return (
    <>
      <WeekGrid hours={value} />
      {error && (
        <Alert color="red" mb="md" role="alert">
          {error}
        </Alert>
      )}
      <Table maw={640} withRowBorders={false}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("calendars.day")}</Table.Th>
            <Table.Th>{t("calendars.from")}</Table.Th>
            <Table.Th>{t("calendars.to")}</Table.Th>
            <Table.Th>{t("state")}</Table.Th>
            <Table.Th aria-label={t("list.actions")} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {DAYS.flatMap((day) => {
            const name = dayName(day, i18n.language);
            const rows = value.map((one, at) => ({ one, at })).filter(({ one }) => one.day === day);
            if (rows.length === 0) {
              return [
                <Table.Tr key={day}>
                  <Table.Td>{name}</Table.Td>
                  <Table.Td colSpan={3} c="dimmed">
                    {t("calendars.closed")}
                  </Table.Td>
                  <Table.Td>
                    <AddHours name={name} onAdd={() => add(day)} />
                  </Table.Td>
                </Table.Tr>,
              ];
            }
            return rows.map(({ one, at }, place) => (
              <Table.Tr key={at}>
                <Table.Td>{place === 0 ? name : ""}</Table.Td>
                <Table.Td>
                  <ClockInput aria-label={`${name}, ${t("calendars.from")}`} value={one.start_time_of_day} onChange={(minutes) => set(at, { start_time_of_day: minutes })} />
                </Table.Td>
                <Table.Td>
                  <ClockInput
                    aria-label={`${name}, ${t("calendars.to")}`}
                    value={one.end_time_of_day}
                    onChange={(minutes) => set(at, { end_time_of_day: minutes })}
                    error={one.end_time_of_day <= one.start_time_of_day ? t("calendars.backwards") : undefined}
                  />
                </Table.Td>
                <Table.Td>
                  <Switch aria-label={`${name}, ${t("state")}`} checked={!one.disabled} onChange={(event) => set(at, { disabled: !event.currentTarget.checked })} />
                </Table.Td>
                <Table.Td>
                  {place === 0 ? (
                    <AddHours name={name} onAdd={() => add(day)} />
                  ) : (
                    <ActionIcon aria-label={t("calendars.removeHours", { day: name })} onClick={() => onChange?.(value.filter((_, other) => other !== at))}>
                      <Trash2 size={16} />
                    </ActionIcon>
                  )}
                </Table.Td>
              </Table.Tr>
            ));
          })}
        </Table.Tbody>
      </Table>
    </>
  );
}

function AddHours({ name, onAdd }: { name: string; onAdd: () => void }) {
  const { t } = useTranslation();
  return (
    <Tooltip label={t("calendars.addHours", { day: name })}>
      <ActionIcon aria-label={t("calendars.addHours", { day: name })} onClick={onAdd}>
        <Plus size={16} />
      </ActionIcon>
    </Tooltip>
  );
}

/** The week at a glance. */
function WeekGrid({ hours }: { hours: Hours[] }) {
  const { i18n } = useTranslation();
  return (
    <div className={classes["grid"]} aria-hidden>
      <div className={classes["scale"]}>
        {[0, 6, 12, 18, 24].map((hour) => (
          <span key={hour} style={{ left: `${(hour / 24) * 100}%` }}>
            {hour}
          </span>
        ))}
      </div>
      {DAYS.map((day) => (
        <Group key={day} gap="sm" wrap="nowrap">
          <Text size="xs" c="dimmed" w={34}>
            {dayName(day, i18n.language, "short")}
          </Text>
          <div className={classes["bar"]}>
            {hours
              .filter((one) => one.day === day && !one.disabled)
              .map((one, at) => (
                <i key={at} style={{ left: `${one.start_time_of_day / 14.4}%`, width: `${Math.max(0, one.end_time_of_day - one.start_time_of_day) / 14.4}%` }} />
              ))}
          </div>
        </Group>
      ))}
    </div>
  );
}
