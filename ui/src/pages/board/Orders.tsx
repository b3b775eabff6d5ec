/** Pause, resume and stop now, each with what it does to the calls that are up. */
import { Button, Tooltip } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { CircleStop, Pause, Play } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Live } from "~/api/feed";
import { request } from "~/api/http";
import { queues } from "~/api/nouns";
import { ask } from "~/kit/confirm";
import { keyOf } from "~/kit/ListPage";
import { sayDone, sayFailed } from "~/kit/say";

export function Orders({ live }: { live: Live }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const again = () =>
    Promise.all([client.invalidateQueries({ queryKey: keyOf(queues) }), client.invalidateQueries({ queryKey: ["queues", "figures", live.id] })]);
  const turn = async (enabled: boolean) => {
    setBusy(true);
    try {
      await queues.patch(live.id, { enabled });
      sayDone(t(enabled ? "board.resumed" : "board.paused", { count: live.active }));
      await again();
    } catch (error) {
      sayFailed(error, live.name);
    }
    setBusy(false);
  };
  const stop = () =>
    ask({
      title: t("board.stopNow"),
      text: t("board.stopText", { count: live.active }),
      confirm: t("board.stopYes"),
      run: async () => {
        const { active } = await request("post", "/call_center/queues/{id}/stop", { params: { id: live.id } });
        sayDone(t("board.stopped", { count: active }));
        await again();
      },
    });
  return (
    <>
      {live.enabled ? (
        <Tooltip label={t("board.pauseHint")} multiline maw={300}>
          <Button variant="default" loading={busy} leftSection={<Pause size={16} aria-hidden />} onClick={() => void turn(false)}>
            {t("board.pause")}
          </Button>
        </Tooltip>
      ) : (
        <Tooltip label={t("board.resumeHint")} multiline maw={300}>
          <Button loading={busy} leftSection={<Play size={16} aria-hidden />} onClick={() => void turn(true)}>
            {t("board.resume")}
          </Button>
        </Tooltip>
      )}
      <Tooltip label={t("board.stopHint")} multiline maw={300}>
        <Button color="red" variant="light" disabled={!live.enabled && live.active === 0} leftSection={<CircleStop size={16} aria-hidden />} onClick={stop}>
          {t("board.stopNow")}
        </Button>
      </Tooltip>
    </>
  );
}
