/** Days that are not as their weekday: closed, or open at other hours. */
import { ActionIcon, Button, Group, Modal, Stack, Switch, Table, Text, TextInput } from "@mantine/core";
import { DatePickerInput } from "@mantine/dates";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { ClockInput } from "~/kit/Fields";
import { clockOf } from "~/kit/times";

export interface Holiday {
  name: string;
  /** Epoch milliseconds within the day. */
  date: number;
  repeat: boolean;
  disabled: boolean;
  working: boolean;
  work_start: number;
  work_stop: number;
}

interface Props {
  value?: Holiday[];
  onChange?: (value: Holiday[]) => void;
  error?: ReactNode;
}

function blank(): Holiday {
  return { name: "", date: noonOf(new Date()), repeat: true, disabled: false, working: false, work_start: 540, work_stop: 1200 };
}

/** Noon is the same day in every time zone that a calendar may have. */
function noonOf(day: Date): number {
  return Date.UTC(day.getFullYear(), day.getMonth(), day.getDate(), 12);
}

export function Holidays({ value = [], onChange, error }: Props) {
  const { t, i18n } = useTranslation();
  const [open, setOpen] = useState<{ at: number; holiday: Holiday } | null>(null);
  const day = new Intl.DateTimeFormat(i18n.language, { dateStyle: "long", timeZone: "UTC" });
  const keep = (holiday: Holiday) => {
    const at = open?.at ?? value.length;
    onChange?.(at < value.length ? value.map((one, place) => (place === at ? holiday : one)) : [...value, holiday]);
    setOpen(null);
  };
  return (
    <Stack gap="md" maw={820}>
      {error && <Text c="red">{error}</Text>}
      <Button w="fit-content" variant="light" leftSection={<Plus size={16} />} onClick={() => setOpen({ at: value.length, holiday: blank() })}>
        {t("calendars.addHoliday")}
      </Button>
      {value.length === 0 ? (
        <Text c="dimmed" size="sm">
          {t("calendars.noHolidays")}
        </Text>
      ) : (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("name")}</Table.Th>
              <Table.Th>{t("calendars.date")}</Table.Th>
              <Table.Th>{t("calendars.hours")}</Table.Th>
              <Table.Th>{t("calendars.repeat")}</Table.Th>
              <Table.Th aria-label={t("list.actions")} />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {value.map((one, at) => (
              <Table.Tr key={at}>
                <Table.Td>{one.name}</Table.Td>
                <Table.Td>{day.format(one.date)}</Table.Td>
                <Table.Td>{one.working ? `${clockOf(one.work_start)}–${clockOf(one.work_stop)}` : t("calendars.closed")}</Table.Td>
                <Table.Td>
                  <Switch aria-label={`${one.name}, ${t("calendars.repeat")}`} checked={one.repeat} onChange={(event) => onChange?.(value.map((other, place) => (place === at ? { ...other, repeat: event.currentTarget.checked } : other)))} />
                </Table.Td>
                <Table.Td ta="right">
                  <ActionIcon aria-label={t("list.editNamed", { name: one.name })} onClick={() => setOpen({ at, holiday: one })}>
                    <Pencil size={16} />
                  </ActionIcon>
                  <ActionIcon aria-label={t("list.deleteNamed", { name: one.name })} onClick={() => onChange?.(value.filter((_, place) => place !== at))}>
                    <Trash2 size={16} />
                  </ActionIcon>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Modal opened={open !== null} onClose={() => setOpen(null)} title={t("calendars.holiday")}>
        {open && <HolidayForm key={open.at} holiday={open.holiday} onKeep={keep} onClose={() => setOpen(null)} />}
      </Modal>
    </Stack>
  );
}

function HolidayForm({ holiday, onKeep, onClose }: { holiday: Holiday; onKeep: (holiday: Holiday) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [one, setOne] = useState(holiday);
  const set = (change: Partial<Holiday>) => setOne({ ...one, ...change });
  const backwards = one.working && one.work_stop <= one.work_start;
  return (
    <Stack>
      <TextInput label={t("name")} required data-autofocus value={one.name} onChange={(event) => set({ name: event.currentTarget.value })} />
      <DatePickerInput label={t("calendars.date")} value={new Date(one.date)} onChange={(day) => day && set({ date: noonOf(new Date(day)) })} />
      <Switch label={t("calendars.repeat")} checked={one.repeat} onChange={(event) => set({ repeat: event.currentTarget.checked })} />
      <Switch label={t("calendars.shortDay")} checked={one.working} onChange={(event) => set({ working: event.currentTarget.checked })} />
      {one.working && (
        <Group grow align="start">
          <ClockInput label={t("calendars.from")} value={one.work_start} onChange={(minutes) => set({ work_start: minutes })} />
          <ClockInput label={t("calendars.to")} value={one.work_stop} onChange={(minutes) => set({ work_stop: minutes })} error={backwards ? t("calendars.backwards") : undefined} />
        </Group>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t("record.close")}
        </Button>
        <Button disabled={!one.name.trim() || backwards} onClick={() => onKeep(one)}>
          {t("list.add")}
        </Button>
      </Group>
    </Stack>
  );
}
