/** What rings right now, what is missing to ring, and the sections as cards. */
import { Box, Paper, SimpleGrid, Text, ThemeIcon, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { sections } from "~/app/navigation";
import { Checklist } from "./Checklist";
import { Running } from "./Running";
import classes from "./start.module.css";

export function Start() {
  const { t } = useTranslation();
  return (
    <Box className="page" style={{ height: "auto" }}>
      <Running />
      <Checklist />
      <Title order={1} size="h3" mb="md">
        {t("start.title")}
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {sections.map((section) => (
          <Paper key={section.key} withBorder p="lg">
            <Title order={2} size="h5" mb="sm" className={classes["head"]}>
              <ThemeIcon variant="light" radius="md">
                <section.icon size={17} aria-hidden />
              </ThemeIcon>
              {t(`nav.${section.key}`)}
            </Title>
            {section.pages.map((page) => (
              <Link key={page.key} to={page.path} className={classes["link"]}>
                <page.icon size={17} aria-hidden />
                <span>
                  {t(`nav.${page.key}`)}
                  <Text size="xs" c="dimmed">
                    {t(`about.${page.key}`)}
                  </Text>
                </span>
              </Link>
            ))}
          </Paper>
        ))}
      </SimpleGrid>
    </Box>
  );
}
