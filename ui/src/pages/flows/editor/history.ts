/** Undo and redo of anything: the values themselves are kept, so what comes back is exactly what was. */

export interface History<T> {
  past: T[];
  now: T;
  future: T[];
  /** Acts in a row with the same mark, such as letters typed into one field, are one step. */
  mark: string;
}

const MOST = 100;

export const begin = <T>(now: T): History<T> => ({ past: [], now, future: [], mark: "" });

export function act<T>(history: History<T>, next: T, mark = ""): History<T> {
  if (next === history.now) return history;
  const joined = mark !== "" && mark === history.mark && history.past.length > 0;
  return { past: joined ? history.past : [...history.past, history.now].slice(-MOST), now: next, future: [], mark };
}

export function undo<T>(history: History<T>): History<T> {
  const last = history.past[history.past.length - 1];
  if (last === undefined) return history;
  return { past: history.past.slice(0, -1), now: last, future: [history.now, ...history.future], mark: "" };
}

export function redo<T>(history: History<T>): History<T> {
  const [next, ...rest] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.now], now: next, future: rest, mark: "" };
}
