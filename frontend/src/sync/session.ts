/**
 * One document on the wire: HELLO → WELCOME → SYNC1 → SYNC2 → live, and back to HELLO whenever something ends that.
 *
 * What is typed goes into the queue first and leaves it only by an ACK, or into the quarantine. Whatever goes wrong in
 * between (a cut, a lost answer, an overflow), the cure is one: SYNC1, take in what the server holds, and send again
 * everything without an ACK. Updates are idempotent, so sending twice costs bytes and nothing else.
 */

import * as Y from "yjs";
import type { Commands, Pending } from "./commands";
import type { Connection, Passenger } from "./connection";
import type { Environment } from "./environment";
import { PROTOCOL, type CommandBody, type Down, type Welcome, type Where } from "./frames";
import { Outbox } from "./outbox";
import type { Presence } from "./presence";
import type { Queue } from "./queue";
import type { Replica } from "./replica";
import type { State } from "./state";
import type { Suspects } from "./suspects";
import type { Access, BoardEvent } from "./types";

/** What a session works on. */
export interface Parts {
  readonly environment: Environment;
  readonly connection: Connection;
  readonly person: string;
  readonly doc: string;
  readonly replica: Replica;
  readonly queue: Queue;
  readonly suspects: Suspects;
  readonly commands: Commands;
  readonly presence: Presence;
  readonly state: State;
}

/** Whom a session tells. */
export interface Told {
  access(access: Access): void;
  /** Something that the saved state depends on may have changed. */
  changed(): void;
}

type Phase = "away" | "entering" | "syncing" | "live" | "over";

export const WAITING: Access = {
  state: "waiting", write: false, client: null, person: null, name: null, role: null, limits: null, code: null,
};
/** The channel is over for this person, and what waits with it. */
const GONE = new Set(["removed", "not_yours", "unknown_document"]);
/** This page and the server do not speak the same: another load of the page may, with the queue that is kept. */
const AT_ODDS = new Set(["protocol", "bad_hello"]);
const MOST_PREVIOUS = 64; // the server takes no more; the rest are long dead there
const ANSWER_MS = 20_000; // no step of the protocol takes a living server so long
const AGAIN_MS = 250;
const LONGEST_AGAIN_MS = 15_000;
const PATIENCE = 3; // times that another connection may still hold this page's ids

export class Session implements Passenger {
  readonly #parts: Parts;
  readonly #told: Told;
  readonly #outbox = new Outbox();
  #access = WAITING;
  #phase: Phase = "away";
  #turn = 0; // of joining: what an older turn awaited is void
  #channel = 0;
  #seq = 0;
  #epoch: number | null = null;
  #loaded = false;
  #welcome: Welcome | null = null;
  /** The texts must be built anew from what the server holds: at first, and when it refused something of theirs. */
  #rebuild = true;
  /** Rights may have changed: no typing until the next WELCOME. */
  #held = false;
  #nameless = false;
  #takenOver = false;
  #elsewhere = 0;
  #joins = 0;
  #joined = 0;
  #alarm: (() => void) | null = null;

  constructor(parts: Parts, told: Told) {
    this.#parts = parts;
    this.#told = told;
  }

  /** Whether the document was ever loaded in this page. */
  get loaded(): boolean {
    return this.#loaded;
  }

  get over(): boolean {
    return this.#phase === "over";
  }

  // -- what the page does ---------------------------------------------------------------------------------------------

  /** An own change of a text. */
  typed(update: Uint8Array, name: string, client: number): void {
    this.#parts.queue.push(update, name, client, this.#epoch ?? 0);
    this.#send();
  }

  /** Commands go when the document is live; until then they wait with the others. */
  ask(command: CommandBody): void {
    if (this.#phase === "live") this.#parts.connection.send({ type: "cmd", channel: this.#channel, command });
  }

  aware(where: Where): void {
    if (this.#phase === "live") this.#parts.connection.send({ type: "aware", channel: this.#channel, where });
  }

  stop(): void {
    this.#turn++;
    this.#phase = "over";
    this.#calm();
    this.#parts.connection.remove(this);
  }

  // -- what the connection says ---------------------------------------------------------------------------------------

  online(): void {
    if (this.#phase !== "over") void this.#join();
  }

  offline(): void {
    if (this.#phase === "over") return;
    this.#away();
    this.#parts.presence.clear();
    this.#told.changed();
  }

  take(frame: Down): void {
    if (frame.channel !== this.#channel || this.#phase === "away" || this.#phase === "over") return;
    try {
      this.#take(frame);
    } catch {
      // bytes from the server that yjs cannot read: only all of them anew can help
      this.#rebuild = true;
      this.#rejoin(true);
    }
    this.#told.changed();
  }

  #take(frame: Down): void {
    const { queue, replica, commands, presence } = this.#parts;
    switch (frame.type) {
      case "welcome":
        return this.#welcomed(frame.welcome);
      case "sync2":
        return this.#synced(frame);
      case "ack":
        queue.drop(this.#outbox.acknowledged(frame.n));
        this.#elsewhere = 0;
        this.#calm();
        if (this.#follows(frame)) this.#seq = frame.through;
        return this.#send();
      case "nack":
        return this.#refused(frame.n, frame.code);
      case "updates":
        if (!this.#follows(frame)) return;
        for (const update of frame.updates) replica.apply(update, "server");
        this.#seq = frame.through;
        return;
      case "events":
        commands.happened(frame.events);
        if (!this.#follows(frame)) return;
        this.#seq = frame.through;
        return this.#happened(frame.events);
      case "presence":
        if (this.#phase === "live") presence.take(frame.here, frame.gone, this.#access.client);
        return;
      case "refused":
        return commands.refused(frame.id, frame.code);
      case "resync":
        return this.#resync();
      case "closed":
        return this.#closed(frame.code);
    }
  }

  // -- joining --------------------------------------------------------------------------------------------------------

  #away(): void {
    this.#turn++;
    this.#calm();
    if (this.#channel) this.#parts.connection.leave(this.#channel);
    this.#channel = 0;
    this.#phase = "away";
  }

  async #join(): Promise<void> {
    this.#away();
    const turn = this.#turn;
    const { connection, queue, commands, doc } = this.#parts;
    commands.adopt(await queue.adopt<Pending>());
    if (turn !== this.#turn) return;
    const channel = connection.enter(this);
    if (channel === null) return;
    this.#channel = channel;
    this.#phase = "entering";
    this.#outbox.begin();
    const hello = { protocol: PROTOCOL, doc, epoch: this.#epoch, previous: this.#previous() };
    connection.send({ type: "hello", channel, hello });
    this.#expect();
    this.#told.changed();
  }

  /** Ids that this page may still type under by resending: their older connection, if it hangs, is to be closed. */
  #previous(): number[] {
    if (this.#nameless) return [];
    const ids = new Set(this.#parts.queue.records.map(({ client }) => client));
    const last = this.#access.client;
    // a page that was taken over does not take back: two pages would throw each other out for ever
    if (last !== null && !this.#takenOver) ids.add(last);
    return [...ids].slice(-MOST_PREVIOUS);
  }

  /** Begin anew on this connection, at once or, when that happens again and again, a little later. */
  #rejoin(wait = false): void {
    const { environment } = this.#parts;
    const now = environment.now();
    if (now - this.#joined > LONGEST_AGAIN_MS) this.#joins = 0;
    this.#joined = now;
    this.#joins++;
    this.#away();
    if (!wait && this.#joins <= 2) return void this.#join();
    const turn = this.#turn;
    const doubled = Math.min(LONGEST_AGAIN_MS, AGAIN_MS * 2 ** (this.#joins - 1));
    environment.after(doubled * (0.5 + environment.random() / 2), () => {
      if (turn === this.#turn) void this.#join();
    });
  }

  #welcomed(welcome: Welcome): void {
    if (this.#phase !== "entering") return;
    const { person, queue, suspects, replica } = this.#parts;
    if (welcome.person !== person) return this.#end("other_person");
    if (this.#epoch !== null && this.#epoch !== welcome.epoch) this.#rebuild = true;
    this.#epoch = welcome.epoch;
    suspects.putAway(queue.records.filter(({ epoch }) => epoch !== welcome.epoch), "epoch");
    this.#welcome = welcome;
    this.#held = this.#nameless = this.#takenOver = false;
    if (welcome.client !== null) replica.issue(welcome.client);
    this.#admit();
    this.#phase = "syncing";
    this.#askAll();
  }

  #askAll(): void {
    const vector = this.#rebuild ? Y.encodeStateVector(new Y.Doc()) : this.#parts.replica.stateVector;
    this.#parts.connection.send({ type: "sync1", channel: this.#channel, vector });
    this.#expect();
  }

  #synced(frame: Down & { type: "sync2" }): void {
    if (this.#phase !== "syncing") return;
    const { queue, replica, suspects, state, presence, commands } = this.#parts;
    if (this.#rebuild) {
      const fresh = new Y.Doc();
      Y.applyUpdate(fresh, frame.diff);
      suspects.judge(fresh);
      replica.replace(fresh);
      this.#rebuild = false;
    } else replica.apply(frame.diff, "server");
    for (const record of queue.records) {
      try {
        replica.apply(record.update, "device");
      } catch {
        suspects.putAway([record], "malformed");
      }
    }
    this.#seq = frame.seq;
    state.replace(frame.snapshot);
    this.#outbox.again();
    this.#phase = "live";
    this.#loaded = true;
    this.#calm();
    this.#admit();
    presence.restart();
    this.#send();
    for (const command of commands.unanswered()) this.ask(command);
  }

  /** Something is missing, or may be: ask for it. An answer that is awaited may be what was dropped. */
  #resync(): void {
    if (this.#phase !== "live" && this.#phase !== "syncing") return;
    this.#phase = "syncing";
    this.#askAll();
  }

  /** Whether a frame continues what this page has. What it has already is no reason to ask, a gap is. */
  #follows({ after, through }: { after: number; through: number }): boolean {
    if (this.#phase !== "live" || (through <= this.#seq && after !== this.#seq)) return false;
    if (after === this.#seq) return true;
    this.#resync();
    return false;
  }

  #happened(events: readonly BoardEvent[]): void {
    const { state } = this.#parts;
    const before = state.phase;
    state.merge(events.flatMap(({ changes }) => changes));
    if (state.phase === before) return;
    this.#held = true;
    this.#admit();
    this.#rejoin();
  }

  // -- sending --------------------------------------------------------------------------------------------------------

  #send(): void {
    const { connection, queue } = this.#parts;
    const limits = this.#access.limits;
    if (this.#phase !== "live" || !limits) return;
    for (;;) {
      const next = this.#outbox.next(queue.records, limits.update);
      if (!next || !connection.send({ type: "update", channel: this.#channel, ...next })) break;
    }
    if (queue.records.length === 0) this.#outbox.single = false;
    this.#expect();
  }

  /** While an answer is due, wait for it so long and no longer. */
  #expect(): void {
    if (this.#alarm || (this.#phase === "live" && this.#parts.queue.records.length === 0)) return;
    this.#alarm = this.#parts.environment.after(ANSWER_MS, () => {
      this.#alarm = null;
      if (this.#phase === "live") this.#resync();
      else if (this.#phase !== "away" && this.#phase !== "over") this.#rejoin(true);
    });
  }

  #calm(): void {
    this.#alarm?.();
    this.#alarm = null;
  }

  // -- being refused --------------------------------------------------------------------------------------------------

  #refused(n: number, code: string): void {
    const { suspects } = this.#parts;
    if (code === "client_live_elsewhere" && this.#elsewhere++ < PATIENCE) return this.#rejoin(true);
    this.#elsewhere = 0;
    if (!suspects.accuse(this.#outbox.numbered(n), code)) {
      this.#outbox.single = true; // one of several is meant: the others need not go with it
      return this.#rejoin();
    }
    this.#rebuild = true;
    this.#admit();
    this.#rejoin();
  }

  #closed(code: string): void {
    const { queue, suspects } = this.#parts;
    if (GONE.has(code)) suspects.putAway(queue.records, code);
    if (code === "bad_hello" && !this.#nameless) {
      this.#nameless = true; // an id among `previous` may be the reason
      return this.#rejoin();
    }
    if (GONE.has(code) || AT_ODDS.has(code)) return this.#end(code);
    if (code === "epoch") {
      this.#epoch = null; // what waits is put away at the WELCOME that names the new one
      this.#rebuild = true;
      this.#admit();
      return this.#rejoin();
    }
    if (code === "taken_over") {
      this.#takenOver = this.#held = true; // the id is another page's now
      this.#admit();
    }
    this.#rejoin(true);
  }

  #end(code: string): void {
    this.#away();
    this.#phase = "over";
    this.#parts.commands.refuseAll(code, !GONE.has(code));
    this.#parts.presence.clear();
    this.#set({ ...this.#access, state: "closed", write: false, code });
  }

  #admit(): void {
    if (!this.#welcome) return;
    const { client, person, name, role, limits } = this.#welcome;
    const write = this.#welcome.write && client !== null && this.#loaded && !this.#rebuild && !this.#held;
    this.#set({ state: "open", write, client: client ?? this.#access.client, person, name, role, limits, code: null });
  }

  #set(access: Access): void {
    this.#access = access;
    this.#told.access(access);
  }
}
