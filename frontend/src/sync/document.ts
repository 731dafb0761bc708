/** A document as the page has it: its texts, its state, and the honest word on what of it is saved. */

import { bindTextarea } from "./binding";
import { Commands } from "./commands";
import type { Connection } from "./connection";
import type { Environment } from "./environment";
import type { TextChange } from "./overlay";
import { Presence } from "./presence";
import { Quarantine } from "./quarantine";
import { Queue } from "./queue";
import { Replica, type Span } from "./replica";
import { Session, WAITING } from "./session";
import { Signal, type Readable } from "./signal";
import { State } from "./state";
import { savedState } from "./status";
import type { Owner, Storage } from "./storage";
import { Suspects } from "./suspects";
import type {
  Access, Answer, Binding, BindOptions, Extent, Json, Piece, Range, SavedState, SharedDocument, TextField,
} from "./types";

export class OpenDocument implements SharedDocument {
  readonly name: string;
  readonly access = new Signal<Access>(WAITING);
  readonly saved: Signal<SavedState>;
  readonly #environment: Environment;
  readonly #connection: Connection;
  readonly #storage: Storage;
  readonly #left: () => void;
  readonly #replica: Replica;
  readonly #queue: Queue;
  readonly #quarantine: Quarantine;
  readonly #commands: Commands;
  readonly #state = new State();
  readonly #presence: Presence;
  readonly #session: Session;
  readonly #bindings = new Set<Binding>();
  readonly #stops: (() => void)[];
  #leaving = false;
  #closed = false;

  /** `left` is called once when the document has let go of everything. */
  constructor(environment: Environment, connection: Connection, storage: Storage, owner: Owner, left: () => void) {
    const [, person, doc] = owner;
    const page = environment.id();
    this.name = doc;
    this.#environment = environment;
    this.#connection = connection;
    this.#storage = storage;
    this.#left = left;
    const queue = (this.#queue = new Queue(storage, environment.locks, owner, page));
    const commands = (this.#commands = new Commands(storage, owner, page));
    const quarantine = (this.#quarantine = new Quarantine(storage, owner, environment.id, environment.date));
    const replica: Replica = (this.#replica = new Replica(
      (update, name, client) => {
        this.#session.typed(update, name, client);
        this.#tell();
      },
      () => presence.moved(),
    ));
    const presence = (this.#presence = new Presence(
      environment,
      (name, position) => replica.found(name, position),
      (where) => this.#session.aware(where),
    ));
    const suspects = new Suspects(queue, quarantine);
    this.#session = new Session(
      { environment, connection, person, doc, replica, queue, suspects, commands, presence, state: this.#state },
      { access: (access) => this.access.set(access), changed: () => this.#tell() },
    );
    this.saved = new Signal(this.#honest());
    this.#stops = [connection.state, storage.kept, quarantine.list, this.access].map((signal: Readable<unknown>) =>
      signal.subscribe(() => this.#tell()),
    );
    void quarantine.load();
    connection.add(this.#session);
  }

  get state(): State["snapshot"] {
    return this.#state.snapshot;
  }

  get people(): Presence["people"] {
    return this.#presence.people;
  }

  get refused(): Quarantine["list"] {
    return this.#quarantine.list;
  }

  text(name: string): Readable<string> {
    return this.#replica.text(name);
  }

  pieces(name: string): Readable<readonly Piece[]> {
    return this.#replica.pieces(name);
  }

  range(name: string, extent: Extent): Range {
    return this.#replica.range(name, extent);
  }

  extent(name: string, range: Range): Extent | null {
    return this.#replica.extent(name, range);
  }

  cut(name: string, range: Range): boolean {
    const found = this.#replica.extent(name, range);
    if (found === null) return false;
    const removals = [{ at: found.from, length: found.to - found.from }];
    this.#replica.endStep(name);
    const done = this.edit(name, { at: found.from, removals, inserted: "" }) !== null;
    this.#replica.endStep(name);
    return done;
  }

  append(name: string, text: string): boolean {
    const at = this.#replica.read(name).length;
    if (at + text.length > (this.access.value.limits?.cell ?? 0)) return false;
    return this.edit(name, { at, removals: [], inserted: text }) !== null;
  }

  bind(field: TextField, name: string, options: BindOptions = {}): Binding {
    const binding = bindTextarea(field, name, this.#replica, this, options);
    const bound: Binding = {
      ...binding,
      destroy: () => {
        if (this.#bindings.delete(bound)) binding.destroy();
      },
    };
    this.#bindings.add(bound);
    return bound;
  }

  command(kind: string, args: { readonly [key: string]: Json } = {}): Promise<Answer> {
    if (this.#session.over) return Promise.resolve({ ok: false, code: this.access.value.code ?? "removed" });
    const { command, answer } = this.#commands.add(this.#environment.id(), kind, args);
    this.#session.ask(command);
    this.#tell();
    return answer;
  }

  putBack(id: string): boolean {
    const held = this.#quarantine.pieces(id);
    const { write, limits } = this.access.value;
    if (!held || held.name === null || !write || !limits) return false;
    const size = held.pieces.reduce((sum, { text }) => sum + text.length + 1, 0);
    if (this.#replica.read(held.name).length + size > limits.cell) return false;
    for (const { after, text } of held.pieces) {
      const now = this.#replica.read(held.name);
      const place = after && this.#replica.behind(held.name, after);
      const inserted = place === null && now !== "" && !now.endsWith("\n") ? `\n${text}` : text;
      this.edit(held.name, { at: place ?? now.length, removals: [], inserted });
    }
    this.#quarantine.dismiss(id);
    return true;
  }

  dismiss(id: string): void {
    this.#quarantine.dismiss(id);
  }

  leave(): void {
    for (const binding of [...this.#bindings]) binding.destroy();
    this.#presence.at(null);
    this.#leaving = true;
    this.#tell();
  }

  /** Opened again before it was gone. */
  stay(): void {
    this.#leaving = false;
  }

  /** Change a text, if writing is open. Null when it is not. */
  edit(name: string, change: TextChange): Span | null {
    const { write, limits } = this.access.value;
    return write && limits ? this.#replica.edit(name, change, limits.update) : null;
  }

  /** Where this page's caret is; null when it is in no text. */
  caret(at: { name: string; anchor: number; head: number } | null): void {
    if (!at) return this.#presence.at(null);
    const { name, anchor, head } = at;
    this.#presence.at({
      text: name,
      anchor: this.#replica.placed(name, anchor),
      head: this.#replica.placed(name, head),
    });
  }

  /** Let go of everything. What is not saved stays on the device for the next load. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const binding of [...this.#bindings]) binding.destroy();
    for (const stop of this.#stops) stop();
    this.#presence.stop();
    this.#session.stop();
    this.#left();
    void this.#storage.settled().then(() => this.#queue.release());
    this.#replica.destroy();
  }

  #honest(): SavedState {
    return savedState({
      connection: this.#connection.state.value,
      access: this.access.value,
      loaded: this.#session.loaded,
      changes: this.#queue.records.length + this.#commands.count,
      kept: this.#storage.kept.value,
      refused: this.#quarantine.list.value.length,
    });
  }

  #tell(): void {
    if (this.#closed) return;
    const [now, before] = [this.#honest(), this.saved.value];
    const same = (Object.keys(now) as (keyof SavedState)[]).every((key) => now[key] === before[key]);
    if (!same) this.saved.set(now);
    if (this.#leaving && (now.changes === 0 || now.now === "closed")) this.close();
  }
}
