/** What stands around every page: the two-level menu, the person, the look. */
import {
  ActionIcon, AppShell, Burger, Group, Menu, NavLink, ScrollArea, Text, Tooltip, UnstyledButton, useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Spotlight, spotlight } from "@mantine/spotlight";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { CircleUser, Languages, LogOut, Moon, Search, Sun, FileJson2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { request } from "~/api/http";
import { session } from "~/api/session";
import { languages, nameOf, useLanguage } from "./i18n";
import { type Section, sections } from "./navigation";

export function Shell() {
  const [opened, { toggle, close }] = useDisclosure();
  const { t } = useTranslation();
  /** A drawing needs the room. */
  const wide = useLocation().pathname.startsWith("/flow/");
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 232, breakpoint: "sm", collapsed: { mobile: !opened, desktop: wide && !opened } }}
      padding={0}
    >
      <a href="#main" className="skip">
        {t("shell.skip")}
      </a>
      <AppShell.Header px="md">
        <Group h="100%" gap="sm" wrap="nowrap">
          <Burger opened={opened} onClick={toggle} {...(wide ? {} : { hiddenFrom: "sm" })} size="sm" aria-label={t("shell.menu")} />
          <Link to="/" className="brand">
            <img src="/favicon.svg" width={26} height={26} alt="" />
            Outdial
          </Link>
          <div style={{ flex: 1 }} />
          <Finder />
          <SchemeSwitch />
          <Person />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar>
        <ScrollArea p="xs" component="nav" aria-label={t("shell.menu")}>
          {sections.map((section) => (
            <SectionLinks key={section.key} section={section} onGo={close} />
          ))}
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className="main">
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function SectionLinks({ section, onGo }: { section: Section; onGo: () => void }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const Icon = section.icon;
  const single = section.pages.length === 1;
  const here = (path: string) => pathname === path || pathname.startsWith(`${path}/`);
  if (single) {
    return (
      <NavLink
        label={t(`nav.${section.key}`)}
        leftSection={<Icon size={17} aria-hidden />}
        active={here(section.path)}
        renderRoot={(rest) => <Link to={section.path} {...rest} />}
        onClick={onGo}
      />
    );
  }
  return (
    <NavLink label={t(`nav.${section.key}`)} leftSection={<Icon size={17} aria-hidden />} defaultOpened childrenOffset={20}>
      {section.pages.map((page) => (
        <NavLink
          key={page.key}
          label={t(`nav.${page.key}`)}
          leftSection={<page.icon size={16} aria-hidden />}
          active={here(page.path)}
          renderRoot={(rest) => <Link to={page.path} {...rest} />}
          onClick={onGo}
        />
      ))}
    </NavLink>
  );
}

/** Ctrl+K: every page by its name. */
function Finder() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const actions = sections.flatMap((section) =>
    section.pages.map((page) => ({
      id: page.key,
      label: t(`nav.${page.key}`),
      description: t(`nav.${section.key}`),
      leftSection: <page.icon size={18} aria-hidden />,
      onClick: () => void navigate({ to: page.path }),
    })),
  );
  return (
    <>
      <UnstyledButton className="finder" onClick={spotlight.open} visibleFrom="xs">
        <Search size={15} aria-hidden />
        <Text size="sm">{t("shell.find")}</Text>
        <kbd>Ctrl K</kbd>
      </UnstyledButton>
      <Spotlight
        actions={actions}
        shortcut="mod + K"
        nothingFound={t("list.nothingFound")}
        highlightQuery
        searchProps={{ placeholder: t("shell.find"), leftSection: <Search size={17} aria-hidden /> }}
      />
    </>
  );
}

function SchemeSwitch() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("light") === "dark";
  return (
    <Tooltip label={t(dark ? "shell.light" : "shell.dark")}>
      <ActionIcon size="lg" aria-label={t(dark ? "shell.light" : "shell.dark")} onClick={() => setColorScheme(dark ? "light" : "dark")}>
        {dark ? <Sun size={18} /> : <Moon size={18} />}
      </ActionIcon>
    </Tooltip>
  );
}

export function useMe() {
  return useQuery({ queryKey: ["me"], queryFn: ({ signal }) => request("get", "/userinfo", { signal }), staleTime: 300_000 });
}

function Person() {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const leave = () => void request("post", "/logout").finally(() => session.forget());
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <ActionIcon size="lg" aria-label={t("shell.person")}>
          <CircleUser size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.data?.name}</Menu.Label>
        <Menu.Item leftSection={<CircleUser size={16} aria-hidden />} renderRoot={(rest) => <Link to="/account" {...rest} />}>
          {t("account.open_page")}
        </Menu.Item>
        {languages.map((language) => (
          <Menu.Item
            key={language}
            leftSection={<Languages size={16} aria-hidden />}
            disabled={i18n.language === language}
            onClick={() => void useLanguage(language)}
          >
            {nameOf(language)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item component="a" href="/api/docs" target="_blank" leftSection={<FileJson2 size={16} aria-hidden />}>
          {t("shell.api")}
        </Menu.Item>
        <Menu.Item leftSection={<LogOut size={16} aria-hidden />} onClick={leave}>
          {t("shell.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
