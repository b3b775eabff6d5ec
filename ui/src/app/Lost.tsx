/** What is shown where there is no page, and where a page broke. */
import { Button, Code, Stack, Text, Title } from "@mantine/core";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { textOf } from "~/kit/say";

export function Lost() {
  const { t } = useTranslation();
  return (
    <Stack align="center" p={80} gap="sm">
      <Title order={1} size="h2">
        {t("lost.title")}
      </Title>
      <Text c="dimmed">{t("lost.text")}</Text>
      <Button renderRoot={(rest) => <Link to="/start" {...rest} />}>{t("lost.home")}</Button>
    </Stack>
  );
}

export function Broken({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  return (
    <Stack align="center" p={80} gap="sm" role="alert">
      <Title order={1} size="h2">
        {t("broken.title")}
      </Title>
      <Text c="dimmed">{t("broken.text")}</Text>
      <Code block>{textOf(error)}</Code>
      <Button onClick={reset}>{t("again")}</Button>
    </Stack>
  );
}
