/** A table as a CSV file. */

/** Cells that a spreadsheet would take for formulas get a quote before them; a plain number or phone number does not. */
export function csvOf(head: string[], rows: string[][], separator: string): string {
  const cell = (text: string) => {
    const safe = /^[=@\t\r]|^[+-](?![\d\s()-]*$)/.test(text) ? `'${text}` : text;
    return /["\n\r]/.test(safe) || safe.includes(separator) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };
  return [head, ...rows].map((row) => row.map(cell).join(separator)).join("\r\n") + "\r\n";
}

export function saveCsv(name: string, head: string[], rows: string[][], separator: string): void {
  const made = URL.createObjectURL(new Blob(["\uFEFF", csvOf(head, rows, separator)], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = made;
  link.download = name;
  link.click();
  URL.revokeObjectURL(made);
}
