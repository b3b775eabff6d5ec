/** What the service found in a flow, worst first. */
import { Box, Group, Text } from "@mantine/core";
import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";

export interface Found {
  path?: string;
  level?: string;
  message?: string;
}
const ICONS: Record<string, [typeof Info, string]> = { error: [CircleAlert, "red"], warning: [TriangleAlert, "orange"], note: [Info, "blue"] };
export const LEVELS = ["error", "warning", "note"];

export function LevelIcon({ level = "note", size = 16 }: { level?: string; size?: number }) {
  const { t } = useTranslation();
  const [Icon, color] = ICONS[level] ?? [Info, "blue"];
  return <Icon size={size} color={`var(--mantine-color-${color}-6)`} aria-label={t(`flows.levels.${level}`)} style={{ flex: "none" }} />;
}

export function FoundList({ problems }: { problems: Found[] }) {
  const { t } = useTranslation();
  if (problems.length === 0) return null;
  return (
    <Box mt="sm" mah={180} style={{ overflowY: "auto" }} tabIndex={0} role="region" aria-label={t("flows.problems")}>
      {[...problems].sort((a, b) => LEVELS.indexOf(a.level ?? "") - LEVELS.indexOf(b.level ?? "")).map((one, at) => (
        <Group key={at} gap="xs" wrap="nowrap" py={3} align="flex-start">
          <LevelIcon {...(one.level ? { level: one.level } : {})} />
          <Text size="sm">{one.message}</Text>
          <Text size="sm" c="dimmed" ff="monospace">
            {one.path}
          </Text>
        </Group>
      ))}
    </Box>
  );
}
