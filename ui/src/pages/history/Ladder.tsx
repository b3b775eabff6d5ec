/** The SIP messages of a call as arrows between us and the carrier; one opens its text. */
import { Badge, Code, Group, Text, UnstyledButton } from "@mantine/core";
import { MoveLeft, MoveRight } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./history.module.css";
import { messagesOf, type SipMessage } from "./ladder";

const COLOURS: Record<SipMessage["kind"], string> = { request: "violet", provisional: "gray", success: "green", failure: "red" };

export function Ladder({ trace }: { trace: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<number | null>(null);
  const messages = messagesOf(trace);
  return (
    <div className={classes["ladder"]}>
      <Group justify="space-between" mb="xs">
        <Text fw={600} size="sm">
          Outdial
        </Text>
        <Text fw={600} size="sm">
          {messages[0]?.peer}
        </Text>
      </Group>
      {messages.map((message, at) => (
        <div key={at}>
          <UnstyledButton className={classes["message"]} data-sent={message.sent || undefined} aria-expanded={open === at} onClick={() => setOpen(open === at ? null : at)}>
            <Text size="xs" c="dimmed" className={classes["at"]}>
              {message.at}
            </Text>
            {!message.sent && <MoveLeft size={22} aria-label={t("history.received")} />}
            <Badge variant="light" color={COLOURS[message.kind]} tt="none">
              {message.title}
            </Badge>
            {message.hasSdp && (
              <Text size="xs" c="dimmed">
                SDP
              </Text>
            )}
            <span className={classes["line"]} />
            {message.sent && <MoveRight size={22} aria-label={t("history.sent")} />}
          </UnstyledButton>
          {open === at && (
            <Code block mb="xs">
              {message.text}
            </Code>
          )}
        </div>
      ))}
    </div>
  );
}
