/** What a new flow may start from. */

export interface Template {
  key: string;
  type: string;
  schema: unknown[];
}

const silence = (ms: string) => ({ files: [{ type: "silence", name: ms }] });

export const templates: Template[] = [
  { key: "message", type: "voice", schema: [{ playback: silence("1000") }, { hangup: "" }] },
  {
    key: "confirm", type: "voice",
    schema: [
      { playback: { ...silence("1000"), getDigits: { setVar: "choice", min: 1, max: 1, tries: 2, timeout: 5000 } } },
      { switch: { variable: "${choice}", case: { "1": [{ set: { confirmed: "yes" } }, { export: ["confirmed"] }], default: [] } } },
      { hangup: "" },
    ],
  },
  {
    key: "survey", type: "voice",
    schema: [
      { playback: { ...silence("1000"), getDigits: { setVar: "first", min: 1, max: 1, tries: 2, timeout: 5000 } } },
      { playback: { ...silence("1000"), getDigits: { setVar: "second", min: 1, max: 1, tries: 2, timeout: 5000 } } },
      { export: ["first", "second"] },
      { hangup: "" },
    ],
  },
  {
    key: "retry", type: "service",
    schema: [
      {
        if: {
          expression: "${call_cause} === 'NORMAL_CLEARING' && ${call_voice_sec} > 5",
          then: [{ success: "" }],
          else: [
            {
              if: {
                expression: "${call_cause} === 'USER_BUSY'",
                then: [{ abandoned: { waitBetweenRetries: 600, maxAttempts: 3 } }],
                else: [{ abandoned: { waitBetweenRetries: 3600, maxAttempts: 2 } }],
              },
            },
          ],
        },
      },
    ],
  },
  { key: "before", type: "service", schema: [{ if: { expression: "!${destination}", then: [{ cancel: { stop: true } }], else: [{ confirm: "" }] } }] },
];

export const templateOf = (key: unknown): Template | undefined => templates.find((one) => one.key === key);
