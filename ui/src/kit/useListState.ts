/** What a list shows lives in the address: page, size, search, sort and filters survive reload, back and sharing. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

export interface ListState {
  page: number;
  size: number;
  q: string;
  sort: string;
  /** Everything else in the address. */
  filters: Record<string, string | string[]>;
}

const OWN = new Set(["page", "size", "q", "sort"]);
export const DEFAULT_SIZE = 20;

export function useListState(): [ListState, (change: Partial<ListState>) => void] {
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const navigate = useNavigate();
  const state: ListState = {
    page: Math.max(1, Number(search["page"]) || 1),
    size: Math.min(10_000, Math.max(1, Number(search["size"]) || DEFAULT_SIZE)),
    q: String(search["q"] ?? ""),
    sort: String(search["sort"] ?? ""),
    filters: Object.fromEntries(
      Object.entries(search)
        .filter(([name]) => !OWN.has(name))
        .map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)]),
    ),
  };
  const change = useCallback(
    (changes: Partial<ListState>) => {
      const next = { ...state, page: 1, ...changes };
      const address = {
        ...next.filters,
        ...(next.page > 1 ? { page: next.page } : {}),
        ...(next.size !== DEFAULT_SIZE ? { size: next.size } : {}),
        ...(next.q ? { q: next.q } : {}),
        ...(next.sort ? { sort: next.sort } : {}),
      };
      void navigate({ to: ".", search: address as never, replace: true });
    },
    // The address is the state: a new one makes a new function.
    // eslint-disable-next-line
    [JSON.stringify(search)],
  );
  return [state, change];
}

/** none → up → down → none. */
export function nextSort(sort: string, key: string): string {
  if (sort === `+${key}`) return `-${key}`;
  return sort === `-${key}` ? "" : `+${key}`;
}
