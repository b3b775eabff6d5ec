/** Signing in: as a page at the start, as a dialog over the page when the session ended in the middle of work. */
import { Alert, Button, Modal, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { type FormEvent, type ReactNode, useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, request } from "~/api/http";
import { session } from "~/api/session";
import { textOf } from "~/kit/say";

/** Shows its children once somebody is signed in. */
export function Gate({ children }: { children: ReactNode }) {
  const token = useSyncExternalStore(session.subscribe, session.token);
  const waiting = useSyncExternalStore(session.subscribe, session.isWaiting);
  const handing = useHandedOver();
  const { t } = useTranslation();
  if (handing) return null;
  if (!token) return <SignInPage />;
  return (
    <>
      {children}
      <Modal opened={waiting} onClose={() => undefined} withCloseButton={false} title={t("signIn.again")}>
        <Text size="sm" mb="md">
          {t("signIn.nothingLost")}
        </Text>
        <SignInForm />
      </Modal>
    </>
  );
}

function SignInPage() {
  const { t } = useTranslation();
  return (
    <main className="sign-in">
      <Paper withBorder p="xl" w={380} maw="100%">
        <Title order={1} size="h2" mb={4}>
          Outdial
        </Title>
        <Text c="dimmed" size="sm" mb="lg">
          {t("signIn.title")}
        </Text>
        <SignInForm />
      </Paper>
    </main>
  );
}

function SignInForm() {
  const { t } = useTranslation();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [second, setSecond] = useState("");
  const [failed, setFailed] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailed("");
    try {
      const answer = second ? await confirm(second, code) : await enter(username, password);
      if (answer.access_token) session.keep(answer.access_token);
      else setSecond(answer.id ?? "");
    } catch (error) {
      setFailed(error instanceof ApiError && error.status === 401 ? error.detail || t("signIn.wrong") : textOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        {failed && <Alert color="red" role="alert">{failed}</Alert>}
        {second ? (
          <TextInput label={t("signIn.code")} description={t("signIn.codeHint")} value={code} onChange={(event) => setCode(event.currentTarget.value)} inputMode="numeric" autoComplete="one-time-code" data-autofocus autoFocus required />
        ) : (
          <>
            <TextInput label={t("signIn.username")} value={username} onChange={(event) => setUsername(event.currentTarget.value)} autoComplete="username" data-autofocus autoFocus required />
            <PasswordInput label={t("signIn.password")} value={password} onChange={(event) => setPassword(event.currentTarget.value)} autoComplete="current-password" required visibilityToggleButtonProps={{ "aria-label": t("signIn.show") }} />
          </>
        )}
        <Button type="submit" loading={busy} fullWidth>
          {t("signIn.enter")}
        </Button>
      </Stack>
    </form>
  );
}

interface SignedIn {
  access_token?: string;
  /** Asks for the second factor. */
  id?: string;
}

function enter(username: string, password: string): Promise<SignedIn> {
  return request("post", "/login", { body: { username, password } });
}

function confirm(id: string, totp: string): Promise<SignedIn> {
  const call = request as (method: "post", path: string, options: object) => Promise<SignedIn>;
  return call("post", "/login/2fa", { body: { id, totp } });
}

/** `?token=` signs in once, `?accessToken=` is a token as it is; either leaves the address at once. */
function useHandedOver(): boolean {
  const [busy, setBusy] = useState(() => /[?&](token|accessToken)=/.test(window.location.search));
  useEffect(() => {
    const words = new URLSearchParams(window.location.search);
    const [once, whole] = [words.get("token"), words.get("accessToken")];
    if (!once && !whole) return;
    words.delete("token");
    words.delete("accessToken");
    const rest = words.toString();
    window.history.replaceState(null, "", window.location.pathname + (rest ? `?${rest}` : ""));
    const done = () => setBusy(false);
    if (whole) {
      session.keep(whole);
      done();
    } else if (once) {
      request("post", "/session", { body: { token: once } })
        .then((answer) => session.keep((answer as SignedIn).access_token ?? ""))
        .catch(() => undefined) // used up: the sign-in page follows
        .finally(done);
    }
  }, []);
  return busy;
}
