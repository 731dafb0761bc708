// Answers that come line by line (application/x-ndjson): each line is told as soon as it is whole.

import { addressOf, Refused, refusal } from "./api";

export interface Asked {
  readonly path?: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly signal?: AbortSignal;
}

/** A line and an answer may be this long (UTF-16 units): what is longer is no answer of ours. */
export const LONGEST_LINE = 1_000_000;
export const LONGEST_ANSWER = 8_000_000;
/** Nothing for so long, no waiting place either: the server, or the way to it, is gone. */
const SILENCE_MS = 180_000;

/** Ask, and take the lines as they come. Throws Refused, with the code "cancelled" when `signal` says to stop. */
export async function* ask(template: string, { path, body, signal }: Asked): AsyncGenerator<unknown, void, void> {
  const stop = new AbortController();
  const cancel = (): void => stop.abort();
  signal?.addEventListener("abort", cancel);
  if (signal?.aborted) cancel();
  try {
    const response = await fetch(addressOf(template, { path }), {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", Accept: "application/x-ndjson" },
      body: JSON.stringify(body),
      signal: stop.signal,
    });
    if (!response.ok) {
      const after = Number(response.headers.get("Retry-After"));
      throw new Refused(await refusal(response), response.status, after > 0 ? after : null);
    }
    if (response.body !== null) yield* linesOf(response.body, SILENCE_MS);
  } catch (error) {
    if (signal?.aborted) throw new Refused("cancelled", 0);
    throw error instanceof Refused ? error : new Refused("offline", 0);
  } finally {
    signal?.removeEventListener("abort", cancel);
    cancel(); // the server stops what nobody reads
  }
}

/** The JSON values of a stream of lines. A line that is no JSON, too long a line or too long an answer is refused. */
export async function* linesOf(stream: ReadableStream<Uint8Array>, silence: number): AsyncGenerator<unknown, void, void> {
  const reader = stream.getReader();
  const letters = new TextDecoder();
  let held = "";
  let taken = 0;
  try {
    for (;;) {
      const { done, value } = await within(reader.read(), silence);
      const more = done ? letters.decode() : letters.decode(value, { stream: true });
      taken += more.length;
      const lines = (held + more).split("\n");
      held = done ? "" : (lines.pop() ?? "");
      if (taken > LONGEST_ANSWER || held.length > LONGEST_LINE) throw new Refused("too_large", 0);
      for (const line of lines) if (line.trim() !== "") yield read(line);
      if (done) return;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

function read(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Refused("offline", 0); // cut in the middle, or a proxy's page
  }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Refused("offline", 0)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
