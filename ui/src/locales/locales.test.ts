import { describe, expect, it } from "vitest";

const files = import.meta.glob<{ default: object }>("./*.json", { eager: true });
const PLURAL = /_(zero|one|two|few|many|other)$/;

/** Every key, the forms of a plural as one. */
function keysOf(texts: object, path = ""): Set<string> {
  const found = new Set<string>();
  for (const [key, value] of Object.entries(texts)) {
    const place = path ? `${path}.${key}` : key;
    if (typeof value === "string") found.add(place.replace(PLURAL, ""));
    else for (const inner of keysOf(value as object, place)) found.add(inner);
  }
  return found;
}

function textsOf(texts: object, path = ""): Map<string, string> {
  return new Map(
    Object.entries(texts).flatMap(([key, value]) => {
      const place = path ? `${path}.${key}` : key;
      return typeof value === "string" ? [[place, value] as const] : [...textsOf(value as object, place)];
    }),
  );
}

const places = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1]).sort();
const english = files["./en.json"]?.default ?? {};

describe.each(Object.entries(files).filter(([file]) => file !== "./en.json"))("%s", (file, { default: texts }) => {
  it("has every text of the English one and no other", () => {
    expect([...keysOf(texts)].sort()).toEqual([...keysOf(english)].sort());
  });
  it("fills in the same values", () => {
    const ours = textsOf(english);
    for (const [key, text] of textsOf(texts)) {
      const other = ours.get(key) ?? ours.get(key.replace(PLURAL, "_other"));
      if (other !== undefined) expect([key, places(text)]).toEqual([key, places(other)]);
    }
  });
  it("has every form of a plural that its language needs", () => {
    const language = /(\w+)\.json$/.exec(file)?.[1] ?? "en";
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const keys = new Set(textsOf(texts).keys());
    const plurals = [...keys].filter((key) => PLURAL.test(key)).map((key) => key.replace(PLURAL, ""));
    for (const key of new Set(plurals)) expect([key, forms.filter((form) => !keys.has(`${key}_${form}`))]).toEqual([key, []]);
  });
});

const sources = import.meta.glob<string>(["../**/*.tsx", "../**/*.ts", "!../**/*.test.*"], { eager: true, query: "?raw", import: "default" });

it("every text that a page asks for is there", () => {
  const known = keysOf(english);
  const asked = Object.entries(sources).flatMap(([file, text]) =>
    [...text.matchAll(/\bt\(\s*"([\w.]+)"/g)].map((found) => [file, found[1] ?? ""] as const),
  );
  expect(asked.length).toBeGreaterThan(100);
  expect(asked.filter(([, key]) => !known.has(key))).toEqual([]);
});
