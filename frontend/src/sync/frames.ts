/**
 * The wire: one frame a binary WebSocket message.
 *
 *     frame = type (1 byte) · channel (varuint; 0 for PING and PONG) · payload
 *
 * Decoding never throws: what is no frame of this protocol is null, and the caller drops it (a gap in the sequence
 * then asks the server again). Both directions are here, so that a test can be the other side.
 */

import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import type { BoardEvent, Change, Json, Limits, Snapshot } from "./types";

export const PROTOCOL = 1;
export const HIGHEST_CHANNEL = 63;

export interface Where {
  readonly text: string | null;
  readonly anchor: string | null;
  readonly head: string | null;
}

export interface Hello {
  readonly protocol: number;
  readonly doc: string;
  readonly epoch: number | null;
  readonly previous: readonly number[];
}

export interface Welcome {
  readonly client: number | null;
  readonly epoch: number;
  readonly person: string;
  readonly name: string;
  readonly role: string;
  readonly write: boolean;
  readonly limits: Limits;
}

export interface Here extends Where {
  readonly client: number;
  readonly person: string;
  readonly name: string;
  readonly role: string;
}

export type CommandBody = { readonly id: string; readonly kind: string; readonly [key: string]: Json };

export type Up =
  | { type: "hello"; channel: number; hello: Hello }
  | { type: "sync1"; channel: number; vector: Uint8Array }
  | { type: "update"; channel: number; n: number; update: Uint8Array }
  | { type: "aware"; channel: number; where: Where }
  | { type: "cmd"; channel: number; command: CommandBody }
  | { type: "ping"; channel: 0 }
  | { type: "leave"; channel: number };

export type Down =
  | { type: "welcome"; channel: number; welcome: Welcome }
  | { type: "sync2"; channel: number; seq: number; vector: Uint8Array; diff: Uint8Array; snapshot: Snapshot }
  | { type: "ack"; channel: number; n: number; after: number; through: number }
  | { type: "nack"; channel: number; n: number; code: string }
  | { type: "updates"; channel: number; after: number; through: number; updates: Uint8Array[] }
  | { type: "presence"; channel: number; here: Here[]; gone: number[] }
  | { type: "events"; channel: number; after: number; through: number; events: BoardEvent[] }
  | { type: "refused"; channel: number; id: string; code: string }
  | { type: "pong"; channel: 0 }
  | { type: "closed"; channel: number; code: string }
  | { type: "resync"; channel: number };

const UP = { hello: 1, sync1: 2, update: 3, aware: 4, cmd: 5, ping: 6, leave: 7 } as const;
const DOWN = {
  welcome: 17,
  sync2: 18,
  ack: 19,
  nack: 20,
  updates: 21,
  presence: 22,
  events: 23,
  refused: 24,
  pong: 25,
  closed: 26,
  resync: 27,
} as const;

const utf8 = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true });

function start(type: number, channel: number): encoding.Encoder {
  const out = encoding.createEncoder();
  encoding.writeUint8(out, type);
  encoding.writeVarUint(out, channel);
  return out;
}

function writeJson(out: encoding.Encoder, value: unknown): void {
  encoding.writeUint8Array(out, utf8.encode(JSON.stringify(value)));
}

export function encodeUp(frame: Up): Uint8Array {
  const out = start(UP[frame.type], frame.channel);
  switch (frame.type) {
    case "hello":
      writeJson(out, frame.hello);
      break;
    case "sync1":
      encoding.writeUint8Array(out, frame.vector);
      break;
    case "update":
      encoding.writeVarUint(out, frame.n);
      encoding.writeUint8Array(out, frame.update);
      break;
    case "aware":
      writeJson(out, frame.where);
      break;
    case "cmd":
      writeJson(out, frame.command);
      break;
  }
  return encoding.toUint8Array(out);
}

export function encodeDown(frame: Down): Uint8Array {
  const out = start(DOWN[frame.type], frame.channel);
  switch (frame.type) {
    case "welcome":
      writeJson(out, frame.welcome);
      break;
    case "sync2":
      encoding.writeVarUint(out, frame.seq);
      encoding.writeVarUint8Array(out, frame.vector);
      encoding.writeVarUint8Array(out, frame.diff);
      writeJson(out, frame.snapshot);
      break;
    case "ack":
      for (const number of [frame.n, frame.after, frame.through]) encoding.writeVarUint(out, number);
      break;
    case "nack":
      encoding.writeVarUint(out, frame.n);
      writeJson(out, { code: frame.code });
      break;
    case "updates":
      encoding.writeVarUint(out, frame.after);
      encoding.writeVarUint(out, frame.through);
      for (const update of frame.updates) encoding.writeVarUint8Array(out, update);
      break;
    case "presence":
      writeJson(out, { here: frame.here, gone: frame.gone });
      break;
    case "events":
      encoding.writeVarUint(out, frame.after);
      encoding.writeVarUint(out, frame.through);
      writeJson(out, frame.events);
      break;
    case "refused":
      writeJson(out, { id: frame.id, code: frame.code });
      break;
    case "closed":
      writeJson(out, { code: frame.code });
      break;
  }
  return encoding.toUint8Array(out);
}

/** A frame from a browser, or null. For a peer that plays the server. */
export function decodeUp(message: Uint8Array): Up | null {
  return guarded(message, (type, channel, input): Up | null => {
    switch (type) {
      case UP.hello: {
        const found = object(readJson(input));
        const doc = found && text(found["doc"]);
        const previous = found && list(found["previous"], count);
        const protocol = found && count(found["protocol"]);
        const epoch = found && found["epoch"] !== null ? count(found["epoch"]) : null;
        if (doc == null || previous == null || protocol == null) return null;
        return { type: "hello", channel, hello: { protocol, doc, epoch, previous } };
      }
      case UP.sync1:
        return { type: "sync1", channel, vector: rest(input) };
      case UP.update:
        return { type: "update", channel, n: decoding.readVarUint(input), update: rest(input) };
      case UP.aware: {
        const where = place(object(readJson(input)));
        return where && { type: "aware", channel, where };
      }
      case UP.cmd: {
        const command = object(readJson(input));
        if (!command || text(command["id"]) === null || text(command["kind"]) === null) return null;
        return { type: "cmd", channel, command: command as unknown as CommandBody };
      }
      case UP.ping:
        return channel === 0 ? { type: "ping", channel } : null;
      case UP.leave:
        return { type: "leave", channel };
      default:
        return null;
    }
  });
}

/** A frame from the server, or null. */
export function decodeDown(message: Uint8Array): Down | null {
  return guarded(message, (type, channel, input): Down | null => {
    switch (type) {
      case DOWN.welcome: {
        const welcome = welcomed(object(readJson(input)));
        return welcome && { type: "welcome", channel, welcome };
      }
      case DOWN.sync2: {
        const seq = decoding.readVarUint(input);
        const vector = decoding.readVarUint8Array(input).slice();
        const diff = decoding.readVarUint8Array(input).slice();
        const snapshot = object(readJson(input));
        if (!snapshot || !Object.values(snapshot).every((items) => object(items))) return null;
        return { type: "sync2", channel, seq, vector, diff, snapshot: snapshot as Snapshot };
      }
      case DOWN.ack: {
        const n = decoding.readVarUint(input);
        return { type: "ack", channel, n, ...span(input) };
      }
      case DOWN.nack: {
        const n = decoding.readVarUint(input);
        const code = text(object(readJson(input))?.["code"]);
        return code === null ? null : { type: "nack", channel, n, code };
      }
      case DOWN.updates: {
        const covered = span(input);
        const updates: Uint8Array[] = [];
        while (decoding.hasContent(input)) updates.push(decoding.readVarUint8Array(input).slice());
        return { type: "updates", channel, ...covered, updates };
      }
      case DOWN.presence: {
        const found = object(readJson(input));
        const here = found && list(found["here"], present);
        const gone = found && list(found["gone"], count);
        return here && gone ? { type: "presence", channel, here, gone } : null;
      }
      case DOWN.events: {
        const covered = span(input);
        const events = list(readJson(input), happened);
        return events && { type: "events", channel, ...covered, events };
      }
      case DOWN.refused: {
        const found = object(readJson(input));
        const id = text(found?.["id"]);
        const code = text(found?.["code"]);
        return id === null || code === null ? null : { type: "refused", channel, id, code };
      }
      case DOWN.pong:
        return channel === 0 ? { type: "pong", channel } : null;
      case DOWN.closed: {
        const code = text(object(readJson(input))?.["code"]);
        return code === null ? null : { type: "closed", channel, code };
      }
      case DOWN.resync:
        return { type: "resync", channel };
      default:
        return null;
    }
  });
}

function guarded<T>(
  message: Uint8Array,
  read: (type: number, channel: number, input: decoding.Decoder) => T | null,
): T | null {
  try {
    const input = decoding.createDecoder(message);
    const type = decoding.readUint8(input);
    const channel = decoding.readVarUint(input);
    return channel <= HIGHEST_CHANNEL ? read(type, channel, input) : null;
  } catch {
    return null;
  }
}

function rest(input: decoding.Decoder): Uint8Array {
  return decoding.readTailAsUint8Array(input).slice();
}

function readJson(input: decoding.Decoder): unknown {
  return JSON.parse(strict.decode(decoding.readTailAsUint8Array(input)));
}

function span(input: decoding.Decoder): { after: number; through: number } {
  return { after: decoding.readVarUint(input), through: decoding.readVarUint(input) };
}

function object(value: unknown): { [key: string]: unknown } | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as { [key: string]: unknown })
    : null;
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function count(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function list<T>(value: unknown, each: (item: unknown) => T | null): T[] | null {
  if (!Array.isArray(value)) return null;
  const found: T[] = [];
  for (const item of value) {
    const read = each(item);
    if (read === null) return null;
    found.push(read);
  }
  return found;
}

function place(found: { [key: string]: unknown } | null): Where | null {
  if (!found) return null;
  return { text: text(found["text"]), anchor: text(found["anchor"]), head: text(found["head"]) };
}

function present(value: unknown): Here | null {
  const found = object(value);
  const where = place(found);
  const client = count(found?.["client"]);
  const person = text(found?.["person"]);
  const name = text(found?.["name"]);
  const role = text(found?.["role"]);
  if (!where || client === null || person === null || name === null || role === null) return null;
  return { client, person, name, role, ...where };
}

function welcomed(found: { [key: string]: unknown } | null): Welcome | null {
  const epoch = count(found?.["epoch"]);
  const person = text(found?.["person"]);
  const name = text(found?.["name"]);
  const role = text(found?.["role"]);
  const limits = object(found?.["limits"]);
  const update = count(limits?.["update"]);
  const cell = count(limits?.["cell"]);
  const document = count(limits?.["document"]);
  if (!found || epoch === null || person === null || name === null || role === null) return null;
  if (update === null || cell === null || document === null) return null;
  const client = found["client"] === null ? null : count(found["client"]);
  if (found["client"] !== null && client === null) return null;
  return { client, epoch, person, name, role, write: found["write"] === true, limits: { update, cell, document } };
}

function happened(value: unknown): BoardEvent | null {
  const found = object(value);
  const seq = count(found?.["seq"]);
  const changes = list(found?.["changes"], change);
  if (!found || seq === null || changes === null) return null;
  const [at, actor, kind, subject] = ["at", "actor", "kind", "subject"].map((key) => text(found[key]) ?? "");
  return { seq, at: at!, actor: actor!, kind: kind!, subject: subject!, cmd: text(found["cmd"]), changes };
}

function change(value: unknown): Change | null {
  if (!Array.isArray(value) || value.length !== 3) return null;
  const [collection, id, now] = value as [unknown, unknown, Json];
  if (typeof collection !== "string" || typeof id !== "string") return null;
  return [collection, id, now];
}
