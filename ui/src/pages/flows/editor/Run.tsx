/** A scripted caller runs through the flow: the block under way is lit, variables are shown, prompts are heard. Calls of the past replay the same way. */
import { ActionIcon, Alert, Button, CloseButton, Fieldset, Group, Loader, NumberInput, Select, Slider, Switch, Table, Text, TextInput, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, type LucideIcon, Pause, Play, SkipBack } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { linkTo, request } from "~/api/http";
import { KeyValues } from "~/kit/Fields";
import { textOf } from "~/kit/say";
import { titleOf } from "./catalogue";
import classes from "./editor.module.css";
import { type Caller, type Entry, frameAt, replayOf, type Report, scriptOf, type Sound, type Step } from "./run";
import { useEditor } from "./store";

const ANSWERS = ["yes", "no", "busy", "rejected", "unavailable", "no such number"];
const CAUSES = ["NORMAL_CLEARING", "USER_BUSY", "NO_ANSWER", "NO_USER_RESPONSE", "CALL_REJECTED", "UNALLOCATED_NUMBER", "ORIGINATOR_CANCEL"];

/** With `call`, that call is shown instead of one to be made up. */
export default function Run({ id, call, onClose }: { id: string | undefined; call: string; onClose: () => void }) {
  const { t } = useTranslation();
  const light = useEditor((state) => state.light);
  useEffect(() => () => light("", {}), [light]);
  return (
    <section className={classes["side"]} aria-label={t("flows.run")}>
      <div className={classes["sideHead"]}>
        <Text fw={600} flex={1}>
          {call ? t("flows.replay", { id: call }) : t("flows.run")}
        </Text>
        <CloseButton aria-label={t("flows.closeRun")} onClick={onClose} />
      </div>
      <div className={classes["sideBody"]}>{call && id ? <Replay id={id} call={call} /> : <Scripted />}</div>
    </section>
  );
}

function Replay({ id, call }: { id: string; call: string }) {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: ["call", call], queryFn: ({ signal }) => request("get", "/calls/history/{id}", { params: { id: call }, signal }) });
  const timeline = useMemo(() => replayOf(((found.data as { flow_trace?: Step[] } | undefined)?.flow_trace ?? []) as Step[], id), [found.data, id]);
  if (found.error) return <Alert color="red">{textOf(found.error)}</Alert>;
  if (!found.data) return <Loader aria-label={t("loading")} />;
  return timeline.length > 0 ? <Frames timeline={timeline} variables={{}} /> : <Alert>{t("flows.noTrace")}</Alert>;
}

function Scripted() {
  const { t } = useTranslation();
  const type = useEditor((state) => state.type);
  const schema = useEditor((state) => state.checked?.schema);
  const [caller, setCaller] = useState<Caller>({ answers: "yes", after: 2, keys: "", hangsUp: "", cause: "USER_BUSY", talk: "", attempts: 1, variables: {} });
  const [report, setReport] = useState<Report | null>(null);
  const [failed, setFailed] = useState("");
  const [busy, setBusy] = useState(false);
  const set = (changes: Partial<Caller>) => setCaller({ ...caller, ...changes });
  const run = async () => {
    setBusy(true);
    setFailed("");
    setReport(null);
    try {
      setReport((await request("post", "/routing/schema/run", { body: { schema, type, script: scriptOf(caller, type) } as never })) as unknown as Report);
    } catch (error) {
      setFailed(textOf(error));
    } finally {
      setBusy(false);
    }
  };
  const whole = (value: string | number) => (value === "" ? "" : Number(value));
  return (
    <>
      <Fieldset legend={t("flows.caller.title")}>
        {type === "service" ? (
          <Group grow align="flex-end">
            <Select label={t("flows.caller.cause")} data={CAUSES} value={caller.cause} allowDeselect={false} searchable onChange={(cause) => set({ cause: cause ?? "" })} />
            <NumberInput label={t("flows.caller.talk")} min={0} value={caller.talk} onChange={(talk) => set({ talk: whole(talk) })} />
            <NumberInput label={t("flows.caller.attempts")} min={0} value={caller.attempts} onChange={(attempts) => set({ attempts: whole(attempts) })} />
          </Group>
        ) : (
          <>
            <Group grow align="flex-end">
              <Select label={t("flows.caller.answers")} allowDeselect={false} data={ANSWERS.map((value) => ({ value, label: t(`flows.caller.how.${value}`) }))} value={caller.answers} onChange={(answers) => set({ answers: answers ?? "yes" })} />
              <NumberInput label={t("flows.caller.after")} min={0} value={caller.after} disabled={caller.answers !== "yes"} onChange={(after) => set({ after: Number(after) || 0 })} />
            </Group>
            <TextInput mt="xs" label={t("flows.caller.keys")} description={t("flows.caller.keysHint")} value={caller.keys} placeholder="1,,2" onChange={(event) => set({ keys: event.currentTarget.value })} />
            <NumberInput mt="xs" label={t("flows.caller.hangsUp")} min={0} value={caller.hangsUp} onChange={(hangsUp) => set({ hangsUp: whole(hangsUp) })} />
          </>
        )}
        <div style={{ marginTop: 10 }}>
          <KeyValues label={t("flows.caller.variables")} value={caller.variables} onChange={(variables) => set({ variables })} />
        </div>
      </Fieldset>
      {!schema && <Alert color="orange">{t("flows.noRun")}</Alert>}
      <Button leftSection={<Play size={16} aria-hidden />} loading={busy} disabled={!schema} onClick={() => void run()}>
        {report ? t("flows.again") : t("flows.go")}
      </Button>
      {failed && <Alert color="red">{failed}</Alert>}
      {report && <Frames timeline={report.timeline} variables={report.variables} />}
      {report && (
        <Text size="sm" fw={550} aria-live="polite">
          {[report.end.text, report.member?.text].filter(Boolean).join(" · ")}
        </Text>
      )}
    </>
  );
}

function Frames({ timeline, variables }: { timeline: Entry[]; variables: Record<string, string> }) {
  const { t } = useTranslation();
  const places = useEditor((state) => state.checked?.places);
  const light = useEditor((state) => state.light);
  const [at, setAt] = useState(0);
  const [playing, setPlaying] = useState(true);
  const [aloud, setAloud] = useState(true);
  const list = useRef<HTMLDivElement>(null);
  const frame = useMemo(() => frameAt(timeline, at, places ?? {}, variables), [timeline, at, places, variables]);
  const entry = timeline[at];
  const last = timeline.length - 1;
  useEffect(() => {
    setAt(0);
    setPlaying(true);
  }, [timeline]);
  useEffect(() => light(frame.active, frame.visited), [frame, light]);
  useEffect(() => {
    list.current?.querySelector("[data-now]")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  useEffect(() => {
    if (!playing || at >= last) return;
    const sounding = aloud && entry?.sounds?.some((sound) => sound.media);
    const wait = (timeline[at + 1]?.ms ?? 0) - (entry?.ms ?? 0);
    const timer = setTimeout(() => setAt(at + 1), sounding ? Math.max(300, wait) : Math.min(900, Math.max(300, wait / 4)));
    return () => clearTimeout(timer);
  }, [playing, at, last, aloud, entry, timeline]);
  const go = (to: number) => {
    setPlaying(false);
    setAt(Math.max(0, Math.min(last, to)));
  };
  const own = Object.entries(frame.variables).sort(([a], [b]) => Number(frame.changed.includes(b)) - Number(frame.changed.includes(a)) || a.localeCompare(b));
  return (
    <>
      <Group gap={2}>
        <Tool icon={SkipBack} label={t("flows.first")} onClick={() => go(0)} />
        <Tool icon={ChevronLeft} label={t("flows.previous")} onClick={() => go(at - 1)} />
        <Tool icon={playing && at < last ? Pause : Play} label={t(playing && at < last ? "flows.pause" : "flows.play")} onClick={() => { if (at >= last) setAt(0); setPlaying(at >= last || !playing); }} />
        <Tool icon={ChevronRight} label={t("flows.next")} onClick={() => go(at + 1)} />
        <Slider flex={1} mx="xs" size="sm" min={0} max={Math.max(1, last)} value={at} onChange={go} label={null} thumbLabel={t("flows.steps")} />
        <Switch size="xs" label={t("flows.sound")} checked={aloud} onChange={(event) => setAloud(event.currentTarget.checked)} />
      </Group>
      {aloud && playing && entry?.sounds && <Heard key={at} sounds={entry.sounds} />}
      <div ref={list} className={classes["events"]} role="region" tabIndex={0} style={{ maxHeight: 260, overflowY: "auto", flex: "none" }} aria-label={t("flows.steps")}>
        {timeline.map((one, place) => (
          <button key={place} type="button" className={classes["event"]} data-now={place === at || undefined} onClick={() => go(place)}>
            <time>{(one.ms / 1000).toFixed(1)} s</time>
            <span>
              {one.app && one.event === "step" && <b>{titleOf(one.app)} </b>}
              <Said entry={one} />
            </span>
          </button>
        ))}
      </div>
      <Table fz="xs" layout="fixed" aria-label={t("flows.caller.variables")}>
        <Table.Tbody>
          {own.map(([name, value]) => (
            <Table.Tr key={name} fw={frame.changed.includes(name) ? 700 : 400}>
              <Table.Td w="45%">{name}</Table.Td>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{String(value)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}

function Said({ entry }: { entry: Entry }) {
  const { t } = useTranslation();
  const what = entry.sounds?.map(nameOfSound).join(", ") ?? entry.text ?? entry.key ?? entry.cause ?? "";
  const set = Object.entries(entry.set ?? {}).map(([name, value]) => `${name} = ${value}`).join(", ");
  return (
    <>
      {t(`flows.events.${entry.event}`, { defaultValue: entry.event, what, result: entry.result ?? "" })}
      {set && <Text span c="dimmed" size="xs">{` ${set}`}</Text>}
    </>
  );
}

function nameOfSound(sound: Sound): string {
  if (sound.media?.name) return sound.media.name;
  const length = sound.length_ms === undefined ? "" : `${(sound.length_ms / 1000).toFixed(1)} s`;
  return [sound.text ?? sound.sound ?? (sound.silence ? "…" : ""), length].filter(Boolean).join(" ");
}

/** The files of a prompt, one after the other. */
function Heard({ sounds }: { sounds: Sound[] }) {
  const files = sounds.flatMap((sound) => (sound.media?.id ? [String(sound.media.id)] : []));
  const [at, setAt] = useState(0);
  const id = files[at];
  if (!id) return null;
  return <audio key={id} autoPlay src={linkTo("/storage/media/{id}/stream", { id })} onEnded={() => setAt(at + 1)} />;
}

function Tool({ icon: Icon, label, onClick }: { icon: LucideIcon; label: string; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={onClick}>
        <Icon size={17} />
      </ActionIcon>
    </Tooltip>
  );
}
