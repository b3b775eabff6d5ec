/** Numbers of a file: the column called Number or Display, else the first one that holds numbers; each once. */
import Papa from "papaparse";

const NAMES = /^(number|display|phone|номер|телефон)$/i;
const NUMBER = /^[\w+.!~*'()-]*\d[\w+.!~*'()-]*$/;

export function numbersIn(text: string): string[] {
  const rows = Papa.parse<string[]>(text.replace(/^\uFEFF/, ""), { skipEmptyLines: "greedy" }).data;
  const head = rows[0] ?? [];
  const named = head.findIndex((cell) => NAMES.test(cell.trim()));
  const column = named >= 0 ? named : Math.max(0, head.findIndex((cell) => NUMBER.test(cell.trim())));
  const cells = rows.map((row) => (row[column] ?? "").replace(/[\s]/g, ""));
  return [...new Set(cells.filter((cell) => NUMBER.test(cell)))];
}
