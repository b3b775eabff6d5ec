/** One's own account: password, second factor, sessions. */
import { ActionIcon, Alert, Badge, Box, Button, Code, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { request } from "~/api/http";
import { useMe } from "~/app/Shell";
import { ask } from "~/kit/confirm";
import { PlainTable } from "~/kit/PlainTable";
import { sayDone, sayFailed } from "~/kit/say";
import { instantOf } from "~/kit/times";

export function Account() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <Box className="page" style={{ height: "auto", maxWidth: 860 }}>
      <Title order={1} size="h3" mb="md">
        {me.data?.name || t("shell.person")}
      </Title>
      <Stack>
        <Password />
        <SecondFactor />
        <Sessions />
      </Stack>
    </Box>
  );
}

function Password() {
  const { t } = useTranslation();
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await request("put", "/users/password", { body: { password: old, new_password: next } as never });
      setOld("");
      setNext("");
      sayDone(t("account.passwordChanged"));
    } catch (error) {
      sayFailed(error);
    }
    setBusy(false);
  };
  const shown = { visibilityToggleButtonProps: { "aria-label": t("signIn.show") } };
  return (
    <Paper withBorder p="lg" component="form" onSubmit={(event) => void submit(event)}>
      <Title order={2} size="h5" mb="sm">
        {t("signIn.password")}
      </Title>
      <Group align="end">
        <PasswordInput w={250} label={t("account.present")} required autoComplete="current-password" value={old} onChange={(event) => setOld(event.currentTarget.value)} {...shown} />
        <PasswordInput w={250} label={t("account.next")} required autoComplete="new-password" value={next} onChange={(event) => setNext(event.currentTarget.value)} {...shown} />
        <Button type="submit" loading={busy} disabled={!old || next.length < 8}>
          {t("account.change")}
        </Button>
      </Group>
    </Paper>
  );
}

function SecondFactor() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [setup, setSetup] = useState<{ secret?: string; url?: string } | null>(null);
  const [codes, setCodes] = useState<string[]>([]);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const found = useQuery({ queryKey: ["2fa"], queryFn: ({ signal }) => request("get", "/user/2fa", { signal }) });
  const on = found.data?.enabled ?? false;
  const tell = async (act: () => Promise<void>) => {
    try {
      await act();
      setPassword("");
      setCode("");
      await client.invalidateQueries({ queryKey: ["2fa"] });
    } catch (error) {
      sayFailed(error);
    }
  };
  const begin = () => tell(async () => setSetup(await request("post", "/user/2fa", { body: { password } })));
  const finish = () =>
    tell(async () => {
      const done = await request("put", "/user/2fa", { body: { totp: code } });
      setCodes(done.recovery_codes ?? []);
      setSetup(null);
    });
  const stop = () => tell(async () => void (await request("delete", "/user/2fa", { body: { password } })));
  return (
    <Paper withBorder p="lg">
      <Group mb="sm">
        <Title order={2} size="h5">
          {t("account.second")}
        </Title>
        <Badge color={on ? "green" : "gray"} variant="light" tt="none">
          {t(on ? "account.on" : "account.off")}
        </Badge>
      </Group>
      {codes.length > 0 && (
        <Alert color="yellow" mb="sm" title={t("account.codes")}>
          <Code block>{codes.join("\n")}</Code>
        </Alert>
      )}
      {setup ? (
        <Stack gap="xs">
          <Text size="sm">{t("account.setup")}</Text>
          <Code block style={{ overflowWrap: "anywhere", whiteSpace: "normal" }}>
            {setup.secret}
          </Code>
          {setup.url && <a href={setup.url}>{t("account.open")}</a>}
          <Group align="end">
            <TextInput w={160} label={t("signIn.code")} inputMode="numeric" autoComplete="one-time-code" value={code} onChange={(event) => setCode(event.currentTarget.value)} />
            <Button disabled={!code} onClick={() => void finish()}>
              {t("account.turnOn")}
            </Button>
          </Group>
        </Stack>
      ) : (
        <Group align="end">
          <PasswordInput w={250} label={t("account.present")} autoComplete="current-password" value={password} onChange={(event) => setPassword(event.currentTarget.value)} visibilityToggleButtonProps={{ "aria-label": t("signIn.show") }} />
          <Button variant="light" color={on ? "red" : "violet"} disabled={!password} onClick={() => void (on ? stop() : begin())}>
            {t(on ? "account.turnOff" : "account.turnOn")}
          </Button>
        </Group>
      )}
    </Paper>
  );
}

function Sessions() {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const found = useQuery({ queryKey: ["sessions"], queryFn: ({ signal }) => request("get", "/user/sessions", { signal }) });
  const again = () => client.invalidateQueries({ queryKey: ["sessions"] });
  const rows = ((found.data as { items?: Record<string, string | boolean>[] } | undefined)?.items ?? []) as {
    id?: string;
    address?: string;
    agent?: string;
    created_at?: string;
    expires_at?: string;
    current?: boolean;
  }[];
  const endAll = () =>
    ask({ title: t("account.endAll"), text: t("account.endAllText"), confirm: t("account.endAll"), run: () => request("delete", "/user/sessions").then(again) });
  return (
    <Paper withBorder p="lg">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h5">
          {t("account.sessions")}
        </Title>
        <Button variant="subtle" color="red" onClick={endAll}>
          {t("account.endAll")}
        </Button>
      </Group>
      <PlainTable
        columns={[
          { key: "address", title: t("changelogs.from"), render: (row) => row.address },
          {
            key: "agent",
            title: t("account.browser"),
            render: (row) => (
              <Text size="sm" maw={320} truncate title={row.agent}>
                {row.agent}
              </Text>
            ),
          },
          { key: "created", title: t("media.created"), render: (row) => instantOf(row.created_at, i18n.language) },
        ]}
        rows={rows}
        idOf={(row) => row.id}
        actions={(row) =>
          row.current ? (
            <Badge variant="light" tt="none">
              {t("account.this")}
            </Badge>
          ) : (
            <ActionIcon aria-label={t("account.end")} onClick={() => void request("delete", "/user/sessions/{id}", { params: { id: row.id ?? "" } }).then(again).catch(sayFailed)}>
              <Trash2 size={16} />
            </ActionIcon>
          )
        }
      />
    </Paper>
  );
}
