/**
 * The other side of the wire, in a test: the protocol's server with real yjs behind it and nothing else. It checks what
 * the server checks of an update (ids, gaps, references, surrogates, sizes, the phase), commits when it is told to, and
 * speaks only of what it has committed. The real server is written in Python; this one exists so that cuts can be made
 * between any two frames.
 */

import * as Y from "yjs";
import { decodeUp, encodeDown, type Down, type Up } from "../frames";
import { merged } from "../state";
import type { BoardEvent, Change, Json, Snapshot } from "../types";

export interface PeerSocket {
  received(frame: Uint8Array): void;
  closed(): void;
}

interface Out {
  send(frame: Uint8Array): void;
  close(code: number): void;
}

interface Seat {
  out: Out;
  channel: number;
  person: string;
  client: number | null;
  n: number;
  refused: boolean;
  live: boolean;
  gone: boolean;
}

type Item =
  | { kind: "typed"; update: Uint8Array; seat: Seat; n: number }
  | { kind: "event"; event: BoardEvent }
  | { kind: "barrier"; run: () => void };

const LIMITS = { update: 4096, cell: 20_000, document: 200_000 };

export class Peer {
  running = true;
  doc = new Y.Doc();
  epoch = 1;
  limits = LIMITS;
  phase = "open";
  readers = new Set<string>();
  /** Persons who are not let in, with the code. */
  barred = new Map<string, string>();
  /** Every update that was accepted, in order. */
  log: { person: string; update: Uint8Array }[] = [];
  /** Every refusal, for tests that expect none. */
  nacks: string[] = [];
  /** Updates that held nothing new. */
  known = 0;
  broken: string[] = [];
  snapshot: Snapshot;
  commands = new Map<string, BoardEvent>();
  /** Where each person says to be. */
  aware: { person: string; where: Json }[] = [];
  #seq = 0;
  #told = 0;
  #clients = new Map<number, string>();
  #nextClient = 1000;
  #seats = new Set<Seat>();
  #owners = new Map<number, Seat>();
  #queue: Item[] = [];

  constructor() {
    this.doc.gc = true;
    this.snapshot = { board: { main: { phase: "open" } }, rows: {}, clients: {} };
  }

  get waiting(): number {
    return this.#queue.length;
  }

  get seats(): number {
    return this.#seats.size;
  }

  connect(person: string, out: Out): PeerSocket {
    const seats = new Map<number, Seat>();
    return {
      received: (message) => {
        const frame = decodeUp(message);
        if (!frame) this.broken.push("frame");
        else this.#take(frame, person, out, seats);
      },
      closed: () => {
        for (const seat of seats.values()) this.#leave(seat);
      },
    };
  }

  /** Write the oldest thing that waits to the disk, and tell. */
  commit(): void {
    const item = this.#queue.shift();
    if (item?.kind === "barrier") item.run();
    if (!item || item.kind === "barrier") return;
    const after = this.#told;
    const through = ++this.#told;
    for (const seat of this.#seats) {
      if (item.kind === "event") {
        if (seat.live) this.#send(seat, { type: "events", channel: seat.channel, after, through, events: [item.event] });
      } else if (item.seat === seat) {
        const from = seat.live ? after : through;
        this.#send(seat, { type: "ack", channel: seat.channel, n: item.n, after: from, through });
      } else if (seat.live) {
        this.#send(seat, { type: "updates", channel: seat.channel, after, through, updates: [item.update] });
      }
    }
  }

  /** What `insert` does, written by the server itself under a new client id. */
  write(name: string, edit: (text: Y.Text) => void): void {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(this.doc));
    doc.clientID = this.#nextClient++;
    const before = Y.encodeStateVector(doc);
    edit(doc.getText(name));
    const update = Y.encodeStateAsUpdate(doc, before);
    Y.applyUpdate(this.doc, update);
    this.#seq++;
    const nobody: Seat = {
      out: { send: () => undefined, close: () => undefined },
      channel: 0, person: "", client: null, n: 0, refused: false, live: false, gone: true,
    };
    this.#queue.push({ kind: "typed", update, seat: nobody, n: 0 });
  }

  setPhase(phase: string): void {
    this.phase = phase;
    this.happen("server", `phase.${phase}`, [["board", "main", { phase }]], null);
  }

  happen(actor: string, kind: string, changes: Change[], cmd: string | null): BoardEvent {
    const event: BoardEvent = { seq: ++this.#seq, at: "2024-01-01T00:00:00.000Z", actor, kind, subject: "", cmd, changes };
    this.snapshot = merged(this.snapshot, changes);
    this.#queue.push({ kind: "event", event });
    return event;
  }

  /** The document becomes another one (erasure, restore): same texts, new structs. */
  raiseEpoch(): void {
    while (this.waiting > 0) this.commit();
    const texts = [...this.doc.share.keys()].map((name) => [name, this.doc.getText(name).toString()] as const);
    this.doc = new Y.Doc();
    this.doc.clientID = this.#nextClient++;
    for (const [name, text] of texts) this.doc.getText(name).insert(0, text);
    this.epoch++;
    this.closeAll("epoch");
  }

  closeAll(code: string): void {
    for (const seat of [...this.#seats]) this.#close(seat, code);
  }

  /** Tell one person's seats that what waited for them was dropped. */
  overflow(): void {
    for (const seat of this.#seats) {
      seat.live = false;
      this.#send(seat, { type: "resync", channel: seat.channel });
    }
  }

  #close(seat: Seat, code: string): void {
    this.#leave(seat);
    this.#send(seat, { type: "closed", channel: seat.channel, code });
  }

  #send(seat: Seat, frame: Down): void {
    seat.out.send(encodeDown(frame));
  }

  #barrier(run: () => void): void {
    this.#queue.push({ kind: "barrier", run });
  }

  #leave(seat: Seat): void {
    if (seat.gone) return;
    seat.gone = true;
    this.#seats.delete(seat);
    if (seat.client === null) return;
    this.#owners.delete(seat.client);
    for (const other of this.#seats) {
      if (other.live) {
        this.#send(other, { type: "presence", channel: other.channel, here: [], gone: [seat.client] });
      }
    }
  }

  #take(frame: Up, person: string, out: Out, seats: Map<number, Seat>): void {
    if (frame.type === "ping") return out.send(encodeDown({ type: "pong", channel: 0 }));
    if (frame.type === "hello") {
      const old = seats.get(frame.channel);
      if (old) this.#leave(old);
      const seat: Seat = {
        out, channel: frame.channel, person, client: null, n: 0, refused: false, live: false, gone: false,
      };
      const barred = this.barred.get(person);
      const wrong = frame.hello.epoch !== null && frame.hello.epoch !== this.epoch ? "epoch" : null;
      if (barred ?? wrong) return this.#send(seat, { type: "closed", channel: seat.channel, code: (barred ?? wrong)! });
      for (const client of frame.hello.previous) {
        const holder = this.#owners.get(client);
        if (holder && holder.person === person) this.#close(holder, "taken_over");
      }
      seats.set(frame.channel, seat);
      this.#seats.add(seat);
      const write = this.phase === "open" && !this.readers.has(person);
      if (write) {
        const client = (seat.client = this.#nextClient++);
        this.#clients.set(client, person);
        this.#owners.set(client, seat);
        this.happen(person, "client.issued", [["clients", String(client), { person, call: null }]], null);
      }
      const { client } = seat;
      const { epoch, limits } = this;
      return this.#barrier(() =>
        this.#send(seat, {
          type: "welcome",
          channel: seat.channel,
          welcome: { client, epoch, person, name: person, role: "participant", write, limits },
        }),
      );
    }
    const seat = seats.get(frame.channel);
    if (!seat || seat.gone) return;
    switch (frame.type) {
      case "sync1": {
        const diff = Y.encodeStateAsUpdate(this.doc, frame.vector);
        const vector = Y.encodeStateVector(this.doc);
        const { snapshot } = this;
        const seq = this.#seq;
        return this.#barrier(() => {
          if (seat.gone) return;
          seat.live = true;
          this.#send(seat, { type: "sync2", channel: seat.channel, seq, vector, diff, snapshot });
          this.#send(seat, { type: "presence", channel: seat.channel, here: [], gone: [] });
        });
      }
      case "update":
        return this.#update(seat, frame.n, frame.update);
      case "aware": {
        const { where } = frame;
        this.aware.push({ person, where: { ...where } });
        if (seat.client === null) return;
        const here = [{ client: seat.client, person, name: person, role: "participant", ...where }];
        for (const other of this.#seats) {
          if (other.live) this.#send(other, { type: "presence", channel: other.channel, here, gone: [] });
        }
        return;
      }
      case "cmd": {
        const { id, kind } = frame.command;
        const first = this.commands.get(id);
        if (first) {
          return this.#barrier(() =>
            this.#send(seat, { type: "events", channel: seat.channel, after: this.#told, through: this.#told, events: [first] }),
          );
        }
        if (kind === "refuse.me") return this.#send(seat, { type: "refused", channel: seat.channel, id, code: "bad_command" });
        const event = this.happen(person, kind, [["rows", `r${this.commands.size}`, { by: person }]], id);
        this.commands.set(id, event);
        return;
      }
      case "leave":
        seats.delete(frame.channel);
        return this.#leave(seat);
    }
  }

  #update(seat: Seat, n: number, update: Uint8Array): void {
    if (seat.refused) return;
    if (n !== seat.n + 1) {
      this.broken.push(`number ${n} after ${seat.n}`);
      return;
    }
    seat.n = n;
    const verdict = this.phase === "open" ? this.#check(seat, update) : "phase_closed";
    if (verdict === "known") {
      this.known++;
      this.#barrier(() =>
        this.#send(seat, { type: "ack", channel: seat.channel, n, after: this.#told, through: this.#told }),
      );
    } else if (verdict !== null) {
      seat.refused = true;
      this.nacks.push(verdict);
      this.#barrier(() => this.#send(seat, { type: "nack", channel: seat.channel, n, code: verdict }));
    } else {
      Y.applyUpdate(this.doc, update);
      if (this.doc.store.pendingStructs || this.doc.store.pendingDs) this.broken.push("pending structs");
      this.#seq++;
      this.log.push({ person: seat.person, update });
      this.#queue.push({ kind: "typed", update, seat, n });
    }
  }

  #check(seat: Seat, update: Uint8Array): string | null {
    if (update.length > this.limits.update) return "too_large";
    const { structs, ds } = Y.decodeUpdate(update);
    const state = (client: number): number => Y.getState(this.doc.store, client);
    const next = new Map<number, number>();
    let fresh = false;
    for (const struct of structs) {
      const { client, clock } = struct.id;
      if (!(struct instanceof Y.Item)) return "bad_content";
      if (clock + struct.length <= state(client)) continue;
      const last = next.get(client) ?? state(client);
      if (clock > last) return "gap";
      next.set(client, clock + struct.length);
      fresh = true;
      if (this.#clients.get(client) !== seat.person) return "foreign_client";
      const holder = this.#owners.get(client);
      if (holder && holder !== seat) return "client_live_elsewhere";
      for (const origin of [struct.origin, struct.rightOrigin]) {
        if (!origin) continue;
        const there = Math.max(state(origin.client), next.get(origin.client) ?? 0);
        if (origin.clock >= there) return "unknown_reference";
        if (this.#cuts(origin, origin === struct.origin)) return "surrogate";
      }
      if (struct.content instanceof Y.ContentString && /\p{Surrogate}/u.test(struct.content.str)) return "surrogate";
      if (!(struct.content instanceof Y.ContentString || struct.content instanceof Y.ContentDeleted)) return "bad_content";
    }
    for (const [client, ranges] of ds.clients) {
      for (const { clock, len } of ranges) {
        const there = Math.max(state(client), next.get(client) ?? 0);
        if (clock + len > there) return "unknown_reference";
        for (let at = clock; at < clock + len; ) {
          if (at >= state(client)) break;
          const item = Y.getItem(this.doc.store, Y.createID(client, at));
          if (!item.deleted) {
            fresh = true;
            const string = item.content instanceof Y.ContentString ? item.content.str : "";
            for (const edge of [at, clock + len]) {
              const inside = edge - item.id.clock;
              if (inside > 0 && inside < string.length && /^[\ud800-\udbff][\udc00-\udfff]$/.test(string.slice(inside - 1, inside + 1))) {
                return "surrogate";
              }
            }
          }
          at = item.id.clock + item.length;
        }
      }
    }
    if (!fresh) return "known";
    const trial = new Y.Doc();
    Y.applyUpdate(trial, Y.encodeStateAsUpdate(this.doc));
    Y.applyUpdate(trial, update);
    for (const name of trial.share.keys()) if (trial.getText(name).length > this.limits.cell) return "cell_full";
    return null;
  }

  /** Whether what is inserted behind (a left origin) or before (a right one) this unit cuts a pair. */
  #cuts(origin: Y.ID, left: boolean): boolean {
    if (origin.clock >= Y.getState(this.doc.store, origin.client)) return false;
    const item = Y.getItem(this.doc.store, origin);
    if (!(item.content instanceof Y.ContentString)) return false;
    const unit = item.content.str.charCodeAt(origin.clock - item.id.clock);
    return left ? unit >= 0xd800 && unit < 0xdc00 : unit >= 0xdc00 && unit < 0xe000;
  }
}
