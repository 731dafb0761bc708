/**
 * A world in a test: virtual time, a network that can be cut between any two frames, devices with tabs that can die.
 * Nothing here is shipped; IndexedDB is fake-indexeddb's.
 */

import { IDBFactory } from "fake-indexeddb";
import type { Environment, Socket, SocketEvents } from "../environment";
import type { Peer, PeerSocket } from "./peer";

/** A small seeded generator (mulberry32), so that a failing world can be told by its seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export class Wire {
  readonly up: Uint8Array[] = [];
  readonly down: Uint8Array[] = [];
  cut = false;
  peerSocket: PeerSocket | null = null;

  constructor(
    readonly tab: Tab,
    readonly person: string,
    readonly events: SocketEvents,
  ) {}
}

export class World {
  readonly random: () => number;
  now = 0;
  readonly wires = new Set<Wire>();
  /** Transactions of IndexedDB under way. */
  writing = 0;
  readonly #timers = new Set<{ at: number; run: () => void; tab: Tab }>();
  #ids = 0;

  constructor(
    readonly peer: Peer,
    seed = 1,
  ) {
    this.random = seeded(seed);
  }

  id(): string {
    return `id${(++this.#ids).toString().padStart(6, "0")}`;
  }

  timer(tab: Tab, ms: number, run: () => void): () => void {
    const timer = { at: this.now + ms, run, tab };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Let everything that waits on promises or on IndexedDB go on. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 4; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.writing > 0) turn = 0;
    }
  }

  /** Move one frame, or commit, or open a socket: something at random that can happen. False when nothing can. */
  step(): boolean {
    const possible: (() => void)[] = [];
    for (const wire of this.wires) {
      if (wire.cut) continue;
      if (!wire.peerSocket) {
        if (wire.tab.network && this.peer.running) possible.push(() => this.#open(wire));
        continue;
      }
      if (wire.up.length > 0) possible.push(() => wire.peerSocket!.received(wire.up.shift()!));
      if (wire.down.length > 0) possible.push(() => wire.events.received(wire.down.shift()!));
    }
    if (this.peer.waiting > 0) possible.push(() => this.peer.commit());
    if (possible.length === 0) return false;
    possible[Math.floor(this.random() * possible.length)]!();
    return true;
  }

  /** Until nothing moves any more. */
  async quiet(): Promise<void> {
    for (let round = 0; round < 2000; round++) {
      await this.settle();
      if (!this.step()) {
        await this.settle();
        if (!this.step()) return;
      }
      for (let more = 0; more < 50 && this.step(); more++);
    }
    throw new Error("the network never falls silent");
  }

  /** Let `ms` pass, with everything that then happens. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      await this.quiet();
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers.delete(next);
      this.now = Math.max(this.now, next.at);
      if (next.tab.alive) next.run();
    }
    this.now = end;
  }

  #open(wire: Wire): void {
    wire.peerSocket = this.peer.connect(wire.person, {
      send: (frame) => void (wire.cut || wire.down.push(frame)),
      close: (code) => this.cut(wire, code),
    });
    wire.events.opened();
  }

  /** The connection breaks; what was under way in either direction is lost. */
  cut(wire: Wire, code = 1006): void {
    if (wire.cut) return;
    wire.cut = true;
    this.wires.delete(wire);
    wire.peerSocket?.closed();
    if (wire.tab.alive) wire.events.closed(code, "");
  }

  /** The connection breaks, and the server does not notice. */
  lose(wire: Wire): void {
    wire.cut = true;
    this.wires.delete(wire);
    if (wire.tab.alive) wire.events.closed(1006, "");
  }
}

/** One browser of one person: storage and locks that its tabs share. */
export class Device {
  indexedDB: IDBFactory | null;
  readonly locks = new Map<string, Tab>();
  /** No room: every transaction is aborted, as by a quota. */
  full = false;

  constructor(
    readonly world: World,
    public person: string,
  ) {
    const factory = new IDBFactory();
    const open = factory.open.bind(factory);
    factory.open = (name, version) => {
      const request = open(name, version);
      request.addEventListener("success", () => this.#watch(request.result));
      return request;
    };
    this.indexedDB = factory;
  }

  #watch(database: IDBDatabase): void {
    const begin = database.transaction.bind(database);
    database.transaction = (...given: Parameters<IDBDatabase["transaction"]>) => {
      const transaction = begin(...given);
      this.world.writing++;
      transaction.addEventListener("complete", () => this.world.writing--);
      transaction.addEventListener("abort", () => this.world.writing--);
      if (this.full) transaction.abort();
      return transaction;
    };
  }
}

export class Tab {
  alive = true;
  network = true;
  unload: () => boolean = () => false;
  wake: () => void = () => undefined;
  readonly environment: Environment;

  constructor(readonly device: Device) {
    const { world } = device;
    this.environment = {
      now: () => world.now,
      date: () => new Date(Date.UTC(2024, 0, 1) + world.now).toISOString(),
      after: (ms, run) => world.timer(this, ms, run),
      random: world.random,
      id: () => world.id(),
      connect: (_path, events) => this.#connect(events),
      indexedDB: device.indexedDB,
      locks: {
        hold: async (name) => {
          const holder = device.locks.get(name);
          if (holder && holder !== this && holder.alive) return false;
          device.locks.set(name, this);
          return true;
        },
        release: (name) => void device.locks.delete(name),
      },
      watch: (wake, unload) => {
        this.wake = wake;
        this.unload = unload;
        return () => undefined;
      },
    };
  }

  get wire(): Wire | undefined {
    return [...this.device.world.wires].find((wire) => wire.tab === this);
  }

  cut(): void {
    if (this.wire) this.device.world.cut(this.wire);
  }

  offline(): void {
    this.network = false;
    this.cut();
  }

  online(): void {
    this.network = true;
    this.wake();
  }

  /** The tab is gone, without a word to anybody. What the device wrote is on the device. */
  kill(): void {
    this.alive = false;
    const { wire } = this;
    if (wire) this.device.world.cut(wire);
  }

  #connect(events: SocketEvents): Socket {
    const { world } = this.device;
    const wire = new Wire(this, this.device.person, events);
    if (this.alive) world.wires.add(wire);
    if (!this.network) world.timer(this, 100, () => world.cut(wire));
    return {
      send: (frame) => void (wire.cut || !this.alive || wire.up.push(frame.slice())),
      close: () => {
        // events of a socket that was closed here come to nobody
        if (wire.cut) return;
        wire.cut = true;
        world.wires.delete(wire);
        wire.peerSocket?.closed();
      },
    };
  }
}
