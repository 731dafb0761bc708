// What the helper has replied so far: the lines of an answer taken in one by one, and what is on record of before.

import type { Json, Snapshot } from "../../sync";

export interface Reply {
  readonly call: string;
  /** The proposal that it is a part of; "" for a reply that stands alone. */
  readonly batch: string;
  /** misaligned, critique, aligned; "" for a reply that stands alone. */
  readonly part: string;
  readonly text: string;
  /** Whole, and on record: it may be put into a text. */
  readonly ended: boolean;
  /** False where the model was cut off by the longest length. */
  readonly finished: boolean;
}

export interface Progress {
  readonly state: "idle" | "asked" | "waiting" | "writing" | "done" | "stopped" | "failed";
  /** The place in the queue; 1 is next. */
  readonly place: number;
  readonly code: string | null;
  readonly replies: readonly Reply[];
}

export const IDLE: Progress = { state: "idle", place: 0, code: null, replies: [] };
export const ASKED: Progress = { ...IDLE, state: "asked" };

const MOST_REPLIES = 64; // eight proposals have 24 parts

type Open = { readonly [key: string]: unknown };
const isOpen = (value: unknown): value is Open => typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** The progress after one more line. A line that says nothing known changes nothing. */
export function taken(progress: Progress, line: unknown): Progress {
  if (!isOpen(line)) return progress;
  const { waiting, begin, end, done, error } = line;
  if (typeof waiting === "number") return { ...progress, state: "waiting", place: waiting };
  if (typeof error === "string") return { ...progress, state: "failed", code: error };
  if (isOpen(begin)) {
    const { call, batch, part } = begin;
    return written(progress, { call: text(call), batch: text(batch), part: text(part) });
  }
  if (isOpen(end)) {
    const { call, part, reply, finished } = end;
    const known = { call: text(call), text: text(reply), ended: true, finished: finished !== false };
    return written(progress, part === undefined ? known : { ...known, part: text(part) });
  }
  if (done !== undefined) return { ...progress, state: "done" };
  if (typeof line["text"] === "string") {
    const call = text(line["call"]);
    const before = progress.replies.find((reply) => reply.call === call)?.text ?? "";
    return written(progress, { call, text: before + line["text"] });
  }
  return progress;
}

function written(progress: Progress, known: Partial<Reply> & { call: string }): Progress {
  const at = progress.replies.findIndex((reply) => reply.call === known.call);
  if (known.call === "" || (at < 0 && progress.replies.length >= MOST_REPLIES)) return progress;
  const fresh: Reply = { call: "", batch: "", part: "", text: "", ended: false, finished: true };
  const reply: Reply = { ...(progress.replies[at] ?? fresh), ...known };
  const replies = at < 0 ? [...progress.replies, reply] : progress.replies.with(at, reply);
  return { ...progress, state: "writing", replies };
}

/** Three parts of one proposal, as far as they are here. */
export interface Proposal {
  readonly batch: string;
  readonly parts: ReadonlyMap<string, Reply>;
}

/** The replies as proposals, in the order in which they began. */
export function proposalsOf(replies: readonly Reply[]): Proposal[] {
  const found = new Map<string, Map<string, Reply>>();
  for (const reply of replies) {
    if (reply.part === "") continue;
    const batch = reply.batch === "" ? reply.call : reply.batch;
    const parts = found.get(batch) ?? new Map<string, Reply>();
    found.set(batch, parts.set(reply.part, reply));
  }
  return [...found].map(([batch, parts]) => ({ batch, parts }));
}

/** What this person was told before by the helper for a row, oldest first: it is on record, and outlasts the page. */
export function recorded(snapshot: Snapshot, person: string, purpose: string, row: string | null): Reply[] {
  const entry = (value: Json | undefined): Open => (isOpen(value) ? value : {});
  return Object.entries(snapshot["calls"] ?? {})
    .map(([call, value]) => ({ call, said: entry(value), reply: entry(snapshot["replies"]?.[call]) }))
    .filter(
      ({ said, reply }) =>
        said["person"] === person && said["purpose"] === purpose && (text(said["row"]) || null) === row && text(reply["text"]) !== "",
    )
    .sort((a, b) => (text(a.said["at"]) < text(b.said["at"]) ? -1 : 1))
    .map(({ call, said, reply }) => ({
      call,
      batch: text(said["batch"]),
      part: text(said["part"]),
      text: text(reply["text"]),
      ended: true,
      finished: true,
    }));
}

/** What is on record, with what is being written behind it. */
export function together(before: readonly Reply[], now: readonly Reply[]): Reply[] {
  const live = new Set(now.map(({ call }) => call));
  return [...before.filter(({ call }) => !live.has(call)), ...now];
}
