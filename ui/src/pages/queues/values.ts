/** A queue as its form has it: the payload's fields lie flat beside the others. */
import type { Link, Row } from "~/api/noun";

export interface Amd {
  enabled: boolean;
  max_number_of_words: number;
  between_words_silence: number;
  max_word_length: number;
  min_word_length: number;
  total_analysis_time: number;
  silence_threshold: number;
  after_greeting_silence: number;
  greeting: number;
  initial_silence: number;
  allow_not_sure: boolean;
  silence_not_sure: boolean;
  [other: string]: unknown;
}

export interface Payload {
  max_attempts: number;
  wait_between_retries: number;
  wait_between_retries_desc: boolean;
  originate_timeout: number;
  min_duration: number;
  max_calls: number;
  max_member_limit: number;
  recordings: boolean;
  record_all: boolean;
  per_numbers: boolean;
  strict_circuit: boolean;
  resource_strategy: string;
  amd: Amd;
  /** What this site does not know travels on untouched. */
  [other: string]: unknown;
}

export interface Values {
  name: string;
  calendar: Link;
  dnc_list: Link;
  priority: number;
  strategy: string;
  schema: Link;
  do_schema: Link;
  after_schema: Link;
  grantee: Link;
  tags: string[];
  description: string;
  variables: Record<string, string>;
  enabled: boolean;
  payload: Payload;
}

const AMD: Amd = {
  enabled: false, max_number_of_words: 3, between_words_silence: 50, max_word_length: 5000, min_word_length: 100,
  total_analysis_time: 5000, silence_threshold: 256, after_greeting_silence: 800, greeting: 1500, initial_silence: 2500,
  allow_not_sure: false, silence_not_sure: false,
};

const PAYLOAD: Payload = {
  max_attempts: 3, wait_between_retries: 1800, wait_between_retries_desc: false, originate_timeout: 60, min_duration: 3,
  max_calls: 10, max_member_limit: 0, recordings: false, record_all: false, per_numbers: false, strict_circuit: false,
  resource_strategy: "even-distribution", amd: AMD,
};

export const BLANK: Values = {
  name: "", calendar: {}, dnc_list: {}, priority: 0, strategy: "fifo", schema: {}, do_schema: {}, after_schema: {}, grantee: {},
  tags: [], description: "", variables: {}, enabled: false, payload: PAYLOAD,
};

export const OUTBOUND_IVR = 2;

export function toForm(row: Row<"/call_center/queues">): Values {
  const payload = (row.payload ?? {}) as Partial<Payload>;
  return {
    name: row.name ?? "",
    calendar: row.calendar ?? {},
    dnc_list: row.dnc_list ?? {},
    priority: row.priority ?? 0,
    strategy: row.strategy ?? "fifo",
    schema: row.schema ?? {},
    do_schema: row.do_schema ?? {},
    after_schema: row.after_schema ?? {},
    grantee: (row as { grantee?: Link }).grantee ?? {},
    tags: (row.tags ?? []).flatMap((tag) => (tag.name ? [tag.name] : [])),
    description: row.description ?? "",
    variables: row.variables ?? {},
    enabled: row.enabled ?? false,
    payload: { ...PAYLOAD, ...payload, amd: { ...AMD, ...(payload.amd ?? {}) } },
  };
}

export function toBody({ tags, ...rest }: Values): object {
  return { ...rest, type: OUTBOUND_IVR, tags: tags.map((name) => ({ name })) };
}
