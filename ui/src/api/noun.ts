/** Records with the usual verbs: the same six calls, typed by the path of their collection. */
import type { Answer, Body, Options, Path, Query } from "./http";
import { request } from "./http";

/** Collections: paths that have an item path below them. */
export type Collection = { [P in Path]: `${P}/{id}` extends Path ? P : never }[Path];
type Item<P extends Collection> = `${P}/{id}` extends Path ? `${P}/{id}` : never;
type Listed<P extends Collection> = Answer<P, "get"> extends { items?: (infer R)[] } ? R : never;
export type Row<P extends Collection> = Listed<P>;
export type Draft<P extends Collection> = Body<P, "post">;
export interface Page<R> {
  items: R[];
  next: boolean;
}
export type Parents = Record<string, string>;

export interface Noun<R> {
  readonly path: string;
  list(query: Query, signal?: AbortSignal): Promise<Page<R>>;
  get(id: string, signal?: AbortSignal): Promise<R>;
  create(draft: object): Promise<R>;
  replace(id: string, draft: object): Promise<R>;
  patch(id: string, changes: object, ifMatch?: string): Promise<R>;
  remove(id: string): Promise<R>;
  /** Takes back a deletion, for half a minute; where the service can. */
  restore?: (id: string) => Promise<unknown>;
}

/** Collections whose deletions can be taken back. */
export type Restorable = { [P in Collection]: `${P}/{id}/restore` extends Path ? P : never }[Collection];

/** The same, for records whose deletions the service takes back for half a minute. */
export function restorable<P extends Restorable>(path: P, parents: Parents = {}): Noun<Row<P>> {
  const call = request as (method: string, path: string, options: Options) => Promise<unknown>;
  return { ...noun(path, parents), restore: (id) => call("post", `${path}/{id}/restore`, { params: { ...parents, id } }) };
}

export function noun<P extends Collection>(path: P, parents: Parents = {}): Noun<Row<P>> {
  const item = `${path}/{id}` as Item<P>;
  const call = request as (method: string, path: string, options: Options) => Promise<unknown>;
  const at = (id: string) => ({ ...parents, id });
  return {
    path: [path, ...Object.values(parents)].join(" "),
    async list(query, signal) {
      const found = (await call("get", path, { params: parents, query, signal })) as Partial<Page<Row<P>>>;
      return { items: found.items ?? [], next: found.next ?? false };
    },
    get: (id, signal) => call("get", item, { params: at(id), signal }) as Promise<Row<P>>,
    create: (body) => call("post", path, { params: parents, body }) as Promise<Row<P>>,
    replace: (id, body) => call("put", item, { params: at(id), body }) as Promise<Row<P>>,
    patch: (id, body, ifMatch) => call("patch", item, { params: at(id), body, ifMatch }) as Promise<Row<P>>,
    remove: (id) => call("delete", item, { params: at(id) }) as Promise<Row<P>>,
  };
}

export interface Link {
  id?: string;
  name?: string;
}
