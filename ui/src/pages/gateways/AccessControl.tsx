/** From where a trunk may reach us. */
import { ActionIcon, Button, Group, NumberInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { Plus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

export interface Allowed {
  ip: string;
  proto: string;
  port: number | null;
}

interface Props {
  value?: Allowed[];
  onChange?: (value: Allowed[]) => void;
  error?: ReactNode;
}

export function AccessControl({ value = [], onChange, error }: Props) {
  const { t } = useTranslation();
  const set = (at: number, change: Partial<Allowed>) => onChange?.(value.map((one, place) => (place === at ? { ...one, ...change } : one)));
  return (
    <Stack gap="sm" maw={640}>
      <Text fw={600}>{t("gateways.access")}</Text>
      <Text size="sm" c="dimmed">
        {t("gateways.accessHint")}
      </Text>
      {error && <Text c="red">{error}</Text>}
      {value.map((one, at) => (
        <Group key={at} gap="xs" wrap="nowrap" align="end">
          <Select w={110} label={at === 0 ? t("gateways.protocol") : undefined} aria-label={t("gateways.protocol")} data={["any", "udp", "tcp"]} allowDeselect={false} value={one.proto} onChange={(proto) => set(at, { proto: proto ?? "any" })} />
          <TextInput flex={1} required label={at === 0 ? "IP" : undefined} aria-label="IP" value={one.ip} onChange={(event) => set(at, { ip: event.currentTarget.value })} />
          <NumberInput w={120} min={0} max={65535} label={at === 0 ? t("gateways.port") : undefined} aria-label={t("gateways.port")} value={one.port ?? ""} onChange={(port) => set(at, { port: port === "" ? null : Number(port) })} />
          <ActionIcon size="lg" aria-label={t("fields.removeRow")} onClick={() => onChange?.(value.filter((_, place) => place !== at))}>
            <Trash2 size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Button variant="light" w="fit-content" leftSection={<Plus size={15} />} onClick={() => onChange?.([...value, { ip: "", proto: "any", port: null }])}>
        {t("fields.addRow")}
      </Button>
    </Stack>
  );
}
