/** Every request to the service goes through here: the token, the wire's queries, errors as one class. */
import type { paths } from "./schema";
import { session } from "./session";

export type Method = "get" | "post" | "put" | "patch" | "delete";
export type Path = keyof paths;
type Json<T> = T extends { content: { "application/json": infer B } } ? B : unknown;
type Operation<P extends Path, M extends Method> = NonNullable<paths[P][M & keyof paths[P]]>;
export type Answer<P extends Path, M extends Method> =
  Operation<P, M> extends { responses: { 200: infer R } } ? Json<R> : unknown;
export type Body<P extends Path, M extends Method> =
  Operation<P, M> extends { requestBody?: infer R } ? Json<NonNullable<R>> : never;

export type Value = string | number | boolean | undefined | null;
export type Query = Record<string, Value | Value[]>;
export interface Options<B = unknown> {
  /** Fills `{…}` in the path. */
  params?: Record<string, string | number>;
  query?: Query;
  body?: B | undefined;
  signal?: AbortSignal | undefined;
  /** The record's ETag as it was read: refused if somebody changed it since. */
  ifMatch?: string | undefined;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    /** Stable and dotted: what the program looks at. */
    readonly id: string,
    /** What is wrong and what to do, for the person. */
    readonly detail: string,
    /** The field it is about, such as `communications[0].destination`; empty if none. */
    readonly field = "",
    /** The whole answer, for errors that bring more, such as both versions of a record. */
    readonly body: unknown = undefined,
  ) {
    super(detail);
  }
}

/** The service could not be reached at all. */
export const OFFLINE = "ui.offline";

export async function request<P extends Path, M extends Method>(
  method: M,
  path: P,
  options: Options<Body<P, M>> = {},
): Promise<Answer<P, M>> {
  return (await send(method, path, options)) as Answer<P, M>;
}

async function send(method: Method, path: string, options: Options): Promise<unknown> {
  const token = session.token();
  const answer = await reach(addressOf(path, options), {
    method: method.toUpperCase(),
    headers: { "Content-Type": "application/json", ...(token ? { "X-Webitel-Access": token } : {}), ...(options.ifMatch ? { "If-Match": options.ifMatch } : {}) },
    body: options.body === undefined ? null : JSON.stringify(options.body),
    signal: options.signal ?? null,
  });
  if (answer.ok) return answer.json();
  const error = await errorOf(answer);
  if (error.status !== 401 || path === "/login" || path === "/session") throw error;
  await session.renewed();
  return send(method, path, options);
}

export async function reach(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, OFFLINE, "");
  }
}

export async function errorOf(answer: Response): Promise<ApiError> {
  const body = (await answer.json().catch(() => ({}))) as Partial<Record<"id" | "detail" | "field", string>>;
  return new ApiError(answer.status, body.id ?? "", body.detail ?? answer.statusText, body.field ?? "", body);
}

/** `{id}` filled in, arrays repeated, `{from, to}` written out by the caller as `name.from`. */
export function addressOf(path: string, { params = {}, query = {} }: Options): string {
  const place = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name] ?? "")));
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== "") words.append(name, String(one));
    }
  }
  const text = words.toString();
  return `/api${place}${text ? `?${text}` : ""}`;
}

/** For players and links, which can send no header. */
export function linkTo(path: string, params: Record<string, string | number> = {}, query: Query = {}): string {
  return addressOf(path, { params, query: { ...query, access_token: session.token() } });
}
