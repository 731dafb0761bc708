/** One WebSocket for all documents of a study: kept alive, found dead in time, opened again. */

import type { Environment, Socket } from "./environment";
import { decodeDown, encodeUp, HIGHEST_CHANNEL, type Down, type Up } from "./frames";
import { Signal, type Readable } from "./signal";
import type { ConnectionState } from "./types";

/** A document on the connection. */
export interface Passenger {
  online(): void;
  offline(): void;
  /** A frame of the channel that this passenger last entered. */
  take(frame: Down): void;
}

const PING_MS = 10_000;
const SILENCE_MS = 30_000;
const PROBE_MS = 5_000; // after the page or the network woke up: a living server answers within a second
const FLIGHT_MS = 1_000;
const OPENING_MS = 15_000;
const STEADY_MS = 10_000; // a connection that held this long was a good one
const FIRST_RETRY_MS = 300; // most drops are a blink of a radio; at random, since a restarted server loses all at once
const RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;
const REFUSED = 1008; // close codes: this person may not (any more), or has too many connections
const PROTOCOL_ERROR = 1002; // once may be a frame lost in a bad moment; again and again, a page of another version

export class Connection {
  readonly #environment: Environment;
  readonly #path: string;
  readonly #trouble: (() => Promise<string | null>) | undefined;
  readonly #state: Signal<ConnectionState> = new Signal<ConnectionState>({ state: "connecting", code: null });
  readonly #passengers = new Set<Passenger>();
  #channels = new Map<number, Passenger>();
  #channel = 0;
  #socket: Socket | null = null;
  #life = 0; // each socket has its own, so that a dead one cannot speak
  #open = false;
  #opened = 0;
  #heard = 0;
  #frames = 0;
  #pinged = 0;
  #unanswered = 0; // pings
  #owed = 0; // pings less pongs
  #failures = 0;
  #ended = false;
  #timer: () => void = () => undefined;

  constructor(environment: Environment, path: string, trouble?: () => Promise<string | null>) {
    this.#environment = environment;
    this.#path = path;
    this.#trouble = trouble;
  }

  get state(): Readable<ConnectionState> {
    return this.#state;
  }

  start(): void {
    if (!this.#socket && !this.#ended) this.#connect();
  }

  add(passenger: Passenger): void {
    this.#passengers.add(passenger);
    if (this.#open) passenger.online();
  }

  remove(passenger: Passenger): void {
    this.#passengers.delete(passenger);
    for (const [channel, other] of this.#channels) if (other === passenger) this.leave(channel);
  }

  /** A channel that this connection has not used yet, or null when there is no connection. */
  enter(passenger: Passenger): number | null {
    if (!this.#open) return null;
    if (this.#channel >= HIGHEST_CHANNEL) {
      // never again on this socket: a late frame of the channel's past would be taken for its present
      this.#drop();
      return null;
    }
    this.#channels.set(++this.#channel, passenger);
    return this.#channel;
  }

  leave(channel: number): void {
    if (this.#channels.delete(channel)) this.send({ type: "leave", channel });
  }

  /** False when there is no connection. True does not mean that anything arrived. */
  send(frame: Up): boolean {
    if (!this.#open || !this.#socket) return false;
    try {
      this.#socket.send(encodeUp(frame));
      return true;
    } catch {
      this.#drop();
      return false;
    }
  }

  /** The page or the network came back: see at once whether the connection still lives. */
  wake(): void {
    if (this.#ended || this.#state.value.state === "refused") return;
    this.#failures = 0; // they were another network's
    if (this.#open) this.#probe();
    else if (!this.#socket) this.#connect();
  }

  /** Try now, also after a refusal. */
  retry(): void {
    if (this.#ended || this.#socket) return;
    this.#connect();
  }

  close(): void {
    this.#ended = true;
    this.#drop();
  }

  #connect(): void {
    this.#timer();
    const life = ++this.#life;
    const current = (): boolean => life === this.#life;
    // who was offline stays so until it is not: a word that flickers at every attempt helps nobody
    if (this.#state.value.state !== "offline") this.#state.set({ state: "connecting", code: null });
    this.#timer = this.#environment.after(OPENING_MS, () => this.#drop());
    this.#socket = this.#environment.connect(this.#path, {
      opened: () => current() && this.#up(),
      received: (frame) => current() && this.#received(frame),
      closed: (code, reason) => current() && this.#drop(code, reason),
    });
  }

  #up(): void {
    this.#open = true;
    this.#opened = this.#heard = this.#pinged = this.#environment.now();
    this.#unanswered = this.#owed = 0;
    this.#channels = new Map();
    this.#channel = 0;
    this.#state.set({ state: "online", code: null });
    this.#beat();
    for (const passenger of [...this.#passengers]) passenger.online();
  }

  #beat(): void {
    this.#timer();
    this.#timer = this.#environment.after(PING_MS, () => {
      // a hidden page's timers come once a minute: silence is a sign only where something was asked
      const silent = this.#environment.now() - this.#heard >= SILENCE_MS;
      if (silent && this.#unanswered >= 2) return this.#drop();
      this.#ping();
      if (this.#open) this.#beat();
    });
  }

  #ping(): void {
    this.#pinged = this.#environment.now();
    this.#unanswered++;
    this.#owed++;
    this.send({ type: "ping", channel: 0 });
  }

  #probe(): void {
    this.#timer();
    this.#ping();
    if (!this.#open) return;
    // what was already on its way when the network went proves nothing: the answer does, or what comes later
    this.#timer = this.#environment.after(FLIGHT_MS, () => {
      const before = this.#frames;
      this.#timer = this.#environment.after(PROBE_MS - FLIGHT_MS, () => {
        if (this.#owed > 0 && this.#frames === before) this.#drop();
        else this.#beat();
      });
    });
  }

  #received(message: Uint8Array): void {
    this.#heard = this.#environment.now();
    this.#frames++;
    this.#unanswered = 0;
    // what others say wakes a hidden page more often than its timers do
    if (this.#heard - this.#pinged > 2 * PING_MS) this.#ping();
    const frame = decodeDown(message);
    if (frame?.type === "pong") this.#owed--;
    if (frame) this.#channels.get(frame.channel)?.take(frame);
  }

  #drop(code = 1006, reason = ""): void {
    this.#timer();
    const socket = this.#socket;
    const wasOpen = this.#open;
    const now = this.#environment.now();
    this.#life++;
    this.#socket = null;
    this.#open = false;
    this.#channels = new Map();
    socket?.close();
    if (wasOpen && now - this.#opened >= STEADY_MS) this.#failures = 0;
    this.#failures++;
    if (this.#state.value.state !== "refused") this.#state.set({ state: "offline", code: null });
    if (wasOpen) for (const passenger of [...this.#passengers]) passenger.offline();
    if (this.#ended || this.#socket) return;
    this.#again();
    const refusal = code === REFUSED || (code === PROTOCOL_ERROR && this.#failures >= 3);
    const said = code === PROTOCOL_ERROR ? "protocol" : reason.replaceAll(" ", "_") || "refused";
    if (refusal || (!wasOpen && this.#failures >= 2)) void this.#ask(refusal ? said : null);
  }

  #again(): void {
    const random = this.#environment.random();
    const doubled = Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** (this.#failures - 2));
    const wait = this.#failures <= 1 ? FIRST_RETRY_MS * random : doubled * (0.5 + random / 2);
    this.#timer = this.#environment.after(wait, () => this.#connect());
  }

  /** A browser does not say why a socket was refused: the page may know. */
  async #ask(otherwise: string | null): Promise<void> {
    const life = this.#life;
    const code = (await this.#trouble?.().catch(() => null)) ?? otherwise;
    if (code === null || this.#ended || this.#open || life < this.#life - 1) return;
    this.#timer();
    this.#life++;
    this.#socket?.close();
    this.#socket = null;
    this.#state.set({ state: "refused", code });
  }
}
