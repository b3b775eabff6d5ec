/** A sound with its waveform; a stereo recording shows both sides. Loaded when something is first played. */
import { ActionIcon, Group, Paper, SegmentedControl, Text } from "@mantine/core";
import { Pause, Play, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import WaveSurfer from "wavesurfer.js";

interface Props {
  src: string;
  name: string;
  /** Both sides, left above right. */
  stereo?: boolean;
  onClose?: () => void;
  /** Called as it plays, in seconds. */
  onTime?: (seconds: number) => void;
}

const SPEEDS = ["0.75", "1", "1.5", "2"];

export default function Player({ src, name, stereo = false, onClose, onTime }: Props) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const wave = useRef<WaveSurfer | null>(null);
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [length, setLength] = useState(0);
  const [failed, setFailed] = useState(false);
  const [speed, setSpeed] = useState("1");
  useEffect(() => {
    if (!box.current) return;
    const colour = getComputedStyle(box.current).getPropertyValue("--mantine-primary-color-filled").trim() || "#4d58dd";
    const made = WaveSurfer.create({
      container: box.current,
      url: src,
      height: stereo ? 34 : 46,
      waveColor: "#9aa3c4",
      progressColor: colour,
      cursorColor: colour,
      barWidth: 2,
      barGap: 1,
      barRadius: 2,
      ...(stereo ? { splitChannels: [{}, {}] } : {}),
    });
    wave.current = made;
    made.on("ready", (duration) => {
      setLength(duration);
      void made.play().catch(() => undefined); // the browser may want a gesture first
    });
    made.on("timeupdate", (seconds) => {
      setAt(seconds);
      onTime?.(seconds);
    });
    made.on("play", () => setPlaying(true));
    made.on("pause", () => setPlaying(false));
    made.on("error", () => setFailed(true));
    return () => made.destroy();
    // A player belongs to its sound.
    // eslint-disable-next-line
  }, [src]);
  return (
    <Paper withBorder p="sm" role="region" aria-label={t("player.label", { name })}>
      <Group gap="sm" wrap="nowrap">
        <ActionIcon size="xl" radius="xl" variant="filled" color="violet" aria-label={t(playing ? "player.pause" : "player.play")} onClick={() => void wave.current?.playPause()} disabled={failed}>
          {playing ? <Pause size={20} /> : <Play size={20} />}
        </ActionIcon>
        <div style={{ flex: 1, minWidth: 0 }}>
          <Group justify="space-between" wrap="nowrap">
            <Text size="sm" fw={550} truncate>
              {name}
            </Text>
            <Text size="xs" c={failed ? "red" : "dimmed"} style={{ whiteSpace: "nowrap" }}>
              {failed ? t("player.failed") : `${clock(at)} / ${clock(length)}`}
            </Text>
          </Group>
          <div ref={box} />
        </div>
        <SegmentedControl
          size="xs"
          aria-label={t("player.speed")}
          data={SPEEDS.map((value) => ({ value, label: `×${value}` }))}
          value={speed}
          onChange={(value) => {
            setSpeed(value);
            wave.current?.setPlaybackRate(Number(value));
          }}
          visibleFrom="sm"
        />
        {onClose && (
          <ActionIcon aria-label={t("player.close")} onClick={onClose}>
            <X size={18} />
          </ActionIcon>
        )}
      </Group>
    </Paper>
  );
}

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}
