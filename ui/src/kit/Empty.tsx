/** A list without rows says why, and what to do next. */
import { Stack, Text, ThemeIcon } from "@mantine/core";
import { type LucideIcon, SearchX } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  icon: LucideIcon;
  /** Whether something was searched for. */
  searched: boolean;
  text?: string | undefined;
  action?: ReactNode;
}

export function Empty({ icon, searched, text, action }: Props) {
  const { t } = useTranslation();
  const Icon = searched ? SearchX : icon;
  return (
    <Stack align="center" justify="center" gap="sm" py={64} style={{ flex: 1 }}>
      <ThemeIcon size={64} radius="xl" variant="light">
        <Icon size={30} aria-hidden />
      </ThemeIcon>
      <Text fw={600}>{searched ? t("list.nothingFound") : t("list.nothingYet")}</Text>
      {!searched && text && (
        <Text c="dimmed" size="sm" maw={460} ta="center">
          {text}
        </Text>
      )}
      {!searched && action}
    </Stack>
  );
}
