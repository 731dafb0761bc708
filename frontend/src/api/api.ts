// What the pages ask of the server over HTTP, typed by the server's own schema. Refusals arrive as codes and leave as
// `Refused`.

import type { paths } from "./schema";

/** The server said no, or could not be reached (`offline`). */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(
    readonly code: string,
    readonly status: number,
    /** Seconds after which it may be tried again, where the server said so. */
    readonly retryAfter: number | null = null,
    /** What the server said beside the code, for those refusals that a page answers to. */
    readonly detail: unknown = null,
  ) {
    super(code);
  }
}

/** The code of whatever was thrown; a fault of our own is passed on. */
export function codeOf(error: unknown): string {
  if (error instanceof Refused) return error.code;
  throw error;
}

type Method = "get" | "post" | "put" | "patch" | "delete";
type Operation<M extends Method, P extends keyof paths> = Exclude<paths[P][M], undefined>;
type With<M extends Method> = { [P in keyof paths]: [Operation<M, P>] extends [never] ? never : P }[keyof paths];

type Json<T> = T extends { content: { "application/json": infer Content } } ? Content : undefined;
type Answer<O> = O extends { responses: infer R } ? Json<R[keyof R]> : never;
type Body<O> = O extends { requestBody: infer B } ? { body: Json<B> } : { body?: undefined };
type Path<O> = O extends { parameters: { path: infer P } } ? { path: P } : { path?: undefined };
type Query<O> = O extends { parameters: { query?: infer Q } } ? { query?: Q } : { query?: undefined };
type Given<O> = Body<O> & Path<O> & Query<O>;
type Arguments<O> = Record<never, never> extends Given<O> ? [given?: Given<O>] : [given: Given<O>];

export const api = {
  get: <P extends With<"get">>(path: P, ...given: Arguments<Operation<"get", P>>) =>
    send<Answer<Operation<"get", P>>>("GET", path, given[0]),
  post: <P extends With<"post">>(path: P, ...given: Arguments<Operation<"post", P>>) =>
    send<Answer<Operation<"post", P>>>("POST", path, given[0]),
  put: <P extends With<"put">>(path: P, ...given: Arguments<Operation<"put", P>>) =>
    send<Answer<Operation<"put", P>>>("PUT", path, given[0]),
  patch: <P extends With<"patch">>(path: P, ...given: Arguments<Operation<"patch", P>>) =>
    send<Answer<Operation<"patch", P>>>("PATCH", path, given[0]),
  delete: <P extends With<"delete">>(path: P, ...given: Arguments<Operation<"delete", P>>) =>
    send<Answer<Operation<"delete", P>>>("DELETE", path, given[0]),
};

interface Parts {
  path?: unknown;
  query?: unknown;
  body?: unknown;
}

const SECONDS = 20;

async function send<T>(method: string, template: string, given: Parts = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(addressOf(template, given), {
      method,
      credentials: "same-origin",
      signal: AbortSignal.timeout(SECONDS * 1000),
      ...(given.body === undefined
        ? {}
        : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(given.body) }),
    });
  } catch {
    throw new Refused("offline", 0);
  }
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const after = Number(response.headers.get("Retry-After"));
  const [code, detail] = await said(response);
  throw new Refused(code, response.status, after > 0 ? after : null, detail);
}

export function addressOf(template: string, { path, query }: Parts): string {
  const values = new Map(Object.entries((path ?? {}) as Record<string, unknown>));
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values.get(name))));
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries((query ?? {}) as Record<string, unknown>))
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== undefined && each !== null) asked.append(name, String(each));
  return asked.size > 0 ? `${filled}?${asked}` : filled;
}

export async function refusal(response: Response): Promise<string> {
  return (await said(response))[0];
}

async function said(response: Response): Promise<[string, unknown]> {
  try {
    const fault: unknown = await response.json();
    if (typeof fault === "object" && fault !== null && "code" in fault && typeof fault.code === "string")
      return [fault.code, "detail" in fault ? fault.detail : null];
  } catch {
    // a proxy's page, not the server's answer
  }
  return [response.status >= 500 ? "busy" : "unknown", null];
}
