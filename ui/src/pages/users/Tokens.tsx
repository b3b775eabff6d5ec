/** A user's tokens: shown once when they are made, ended at any time. */
import { ActionIcon, Alert, Button, Code, CopyButton, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, Copy, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { request } from "~/api/http";
import { ask } from "~/kit/confirm";
import { PlainTable } from "~/kit/PlainTable";
import { sayFailed } from "~/kit/say";
import { instantOf } from "~/kit/times";

export function Tokens({ user }: { user: string }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const [making, setMaking] = useState(false);
  const key = ["tokens", user];
  const found = useQuery({ queryKey: key, queryFn: ({ signal }) => request("get", "/users/{id}/tokens", { params: { id: user }, signal }) });
  const again = () => client.invalidateQueries({ queryKey: key });
  const end = (id: string, usage: string) =>
    ask({
      title: t("users.endToken"),
      text: t("users.endTokenText", { usage }),
      confirm: t("users.endToken"),
      run: () => request("delete", "/users/{id}/tokens/{token}", { params: { id: user, token: id } }).then(again),
    });
  return (
    <Stack maw={820}>
      <Button w="fit-content" variant="light" leftSection={<Plus size={16} />} onClick={() => setMaking(true)}>
        {t("users.addToken")}
      </Button>
      <PlainTable
        columns={[
          { key: "usage", title: t("users.usage"), render: (token) => token.usage },
          { key: "created", title: t("media.created"), render: (token) => instantOf(token.created_at, i18n.language) },
          { key: "expires", title: t("lists.expire"), render: (token) => instantOf(token.expires_at, i18n.language) || t("lists.never") },
        ]}
        rows={found.data?.items ?? []}
        idOf={(token) => token.id}
        actions={(token) => (
          <ActionIcon aria-label={t("users.endTokenOf", { usage: token.usage })} onClick={() => end(token.id ?? "", token.usage ?? "")}>
            <Trash2 size={16} />
          </ActionIcon>
        )}
      />
      <Modal opened={making} onClose={() => setMaking(false)} title={t("users.addToken")}>
        <NewToken user={user} onMade={() => void again()} onClose={() => setMaking(false)} />
      </Modal>
    </Stack>
  );
}

function NewToken({ user, onMade, onClose }: { user: string; onMade: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [usage, setUsage] = useState("");
  const [expires, setExpires] = useState<number | null>(null);
  const [made, setMade] = useState("");
  const make = async () => {
    try {
      const body = { usage, ...(expires ? { expires_at: expires } : {}) };
      const token = await request("post", "/users/{id}/tokens", { params: { id: user }, body });
      setMade(token.token ?? "");
      onMade();
    } catch (error) {
      sayFailed(error);
    }
  };
  if (made) {
    return (
      <Stack>
        <Alert color="yellow">{t("users.once")}</Alert>
        <Group wrap="nowrap">
          <Code block style={{ flex: 1, overflowWrap: "anywhere", whiteSpace: "normal" }}>
            {made}
          </Code>
          <CopyButton value={made}>
            {({ copied, copy }) => (
              <ActionIcon size="lg" aria-label={t("users.copy")} onClick={copy}>
                {copied ? <Check size={18} /> : <Copy size={18} />}
              </ActionIcon>
            )}
          </CopyButton>
        </Group>
        <Button onClick={onClose}>{t("record.close")}</Button>
      </Stack>
    );
  }
  return (
    <Stack>
      <TextInput label={t("users.usage")} description={t("users.usageHint")} required data-autofocus value={usage} onChange={(event) => setUsage(event.currentTarget.value)} />
      <DateTimePicker clearable label={t("lists.expire")} value={expires ? new Date(expires) : null} onChange={(value) => setExpires(value ? new Date(value).getTime() : null)} />
      <Text size="sm" c="dimmed">
        {t("users.tokenHint")}
      </Text>
      <Button disabled={!usage.trim()} onClick={() => void make()}>
        {t("users.addToken")}
      </Button>
    </Stack>
  );
}
