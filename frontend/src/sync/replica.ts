/** This page's copy of a document's texts. It knows yjs, and neither the server nor the page. */

import * as Y from "yjs";
import { snapped } from "./diff";
import type { Delta, TextChange } from "./overlay";
import { extentOf, indexOf, piecesOf, rangeOf } from "./ranges";
import { Signal, type Readable } from "./signal";
import type { Extent, Piece, Range } from "./types";

const REMOTE = Symbol("from the server");
const KEPT = Symbol("from this device");

/** Clocks `from` up to, not with, `to` of `client`. */
export interface Span {
  readonly client: number;
  readonly from: number;
  readonly to: number;
}

export interface Watcher {
  /** The text changed as `delta` says; `own` by this page, `undone` by an undo or redo. */
  changed(delta: Delta, how: "typed" | "undone" | "theirs"): void;
  /** The whole document was replaced. */
  replaced(): void;
}

const CAPTURE_MS = 500; // what is typed within half a second is undone in one step
const BYTES_A_UNIT = 3; // a UTF-16 unit is at most three bytes of UTF-8
const HEADER_BYTES = 256; // an update's beside its text

export class Replica {
  #doc = new Y.Doc();
  #client: number | null = null;
  readonly #watchers = new Map<string, Set<Watcher>>();
  readonly #texts = new Map<string, Signal<string>>();
  readonly #pieces = new Map<string, Signal<readonly Piece[]>>();
  readonly #undo = new Map<string, Y.UndoManager>();
  readonly #local = Symbol("typed here");
  readonly #typed: (update: Uint8Array, name: string, client: number) => void;
  readonly #moved: () => void;

  /** `typed` gets every own change, `moved` is told that indexes may have changed. */
  constructor(typed: (update: Uint8Array, name: string, client: number) => void, moved: () => void) {
    this.#typed = typed;
    this.#moved = moved;
    this.#listen();
  }

  get stateVector(): Uint8Array {
    return Y.encodeStateVector(this.#doc);
  }

  /** Type under `client` from now on. */
  issue(client: number): void {
    this.#client = client;
    this.#doc.clientID = client;
  }

  /** Take in what the server, or this device's queue, holds. Throws when `update` is malformed. */
  apply(update: Uint8Array, from: "server" | "device"): void {
    Y.applyUpdate(this.#doc, update, from === "server" ? REMOTE : KEPT);
    // yjs changes the id when it meets its own structs from elsewhere; none but an issued one may be used
    if (this.#client !== null) this.#doc.clientID = this.#client;
  }

  /** Go on with `doc`; every field shows what it holds. What was undoable is not any more. */
  replace(doc: Y.Doc): void {
    const old = this.#doc;
    for (const manager of this.#undo.values()) manager.destroy();
    this.#undo.clear();
    this.#doc = doc;
    if (this.#client !== null) doc.clientID = this.#client;
    old.destroy();
    this.#listen();
    for (const [name, watchers] of this.#watchers) {
      this.#observe(name);
      if (watchers.size > 0) this.#history(name);
      for (const watcher of watchers) watcher.replaced();
    }
    for (const [name, signal] of this.#texts) signal.set(this.read(name));
    for (const [name, signal] of this.#pieces) signal.set(piecesOf(doc.getText(name)));
    this.#moved();
  }

  /** The text as fields show it, unit for unit as long as the text is. */
  read(name: string): string {
    const text = this.#doc.getText(name);
    const string = text.toString();
    return string.length === text.length ? string : spelled(text);
  }

  text(name: string): Readable<string> {
    let signal = this.#texts.get(name);
    if (!signal) {
      signal = new Signal(this.read(name));
      this.#texts.set(name, signal);
      this.#observed(name);
    }
    return signal;
  }

  pieces(name: string): Readable<readonly Piece[]> {
    let signal = this.#pieces.get(name);
    if (!signal) {
      signal = new Signal(piecesOf(this.#doc.getText(name)));
      this.#pieces.set(name, signal);
      this.#observed(name);
    }
    return signal;
  }

  range(name: string, extent: Extent): Range {
    return rangeOf(this.#doc.getText(name), this.read(name), extent);
  }

  extent(name: string, range: Range): Extent | null {
    return extentOf(this.#doc, this.#doc.getText(name), name, range);
  }

  watch(name: string, watcher: Watcher): () => void {
    const watchers = this.#observed(name);
    watchers.add(watcher);
    this.#history(name);
    return () => watchers.delete(watcher);
  }

  /**
   * Change a text; `most` is the largest update in bytes. A long insertion becomes several updates of one passage.
   * Returns the clocks of what was inserted. Only after `issue`.
   */
  edit(name: string, { at, removals, inserted }: TextChange, most: number): Span {
    const doc = this.#doc;
    const text = doc.getText(name);
    const client = doc.clientID;
    const from = Y.getState(doc.store, client);
    const size = Math.max(2, Math.floor((most - HEADER_BYTES) / BYTES_A_UNIT));
    const first = snapped(inserted, size);
    doc.transact(() => {
      for (const removal of removals) text.delete(removal.at, removal.length);
      if (first > 0) text.insert(at, inserted.slice(0, first));
    }, this.#local);
    for (let done = first; done < inserted.length; ) {
      const end = snapped(inserted, done + size);
      doc.transact(() => text.insert(at + done, inserted.slice(done, end)), this.#local);
      done = end;
    }
    return { client, from, to: Y.getState(doc.store, client) };
  }

  /** Take back, or bring back, this page's own last step in a text. */
  undo(name: string): boolean {
    return this.#history(name).undo() !== null;
  }

  redo(name: string): boolean {
    return this.#history(name).redo() !== null;
  }

  /** What is typed next is a step of its own. */
  endStep(name: string): void {
    this.#undo.get(name)?.stopCapturing();
  }

  /** A place that moves with the text, as JSON. */
  placed(name: string, index: number): string {
    const text = this.#doc.getText(name);
    const position = Y.createRelativePositionFromTypeIndex(text, snapped(this.read(name), index));
    return JSON.stringify(Y.relativePositionToJSON(position));
  }

  /** Where that place is now; null when it is not in this text, or not known here. */
  found(name: string, json: string): number | null {
    const text = this.#doc.getText(name); // first: yjs makes a text anew when it is asked for by its kind
    try {
      const index = indexOf(this.#doc, text, name, JSON.parse(json));
      return index === null ? null : snapped(this.read(name), index);
    } catch {
      return null;
    }
  }

  /** The index right behind a character, deleted or not; null when the text does not know it. */
  behind(name: string, character: { client: number; clock: number }): number | null {
    const item = { client: character.client, clock: character.clock };
    return this.found(name, JSON.stringify({ item, assoc: -1 }));
  }

  destroy(): void {
    for (const manager of this.#undo.values()) manager.destroy();
    this.#doc.destroy();
  }

  #listen(): void {
    this.#doc.on("update", (update: Uint8Array, origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
      if (origin === REMOTE || origin === KEPT) return;
      const [changed] = transaction.changed.keys();
      this.#typed(update, changed ? Y.findRootTypeKey(changed) : "", this.#doc.clientID);
    });
    this.#doc.on("afterTransaction", () => this.#moved());
  }

  #observed(name: string): Set<Watcher> {
    let watchers = this.#watchers.get(name);
    if (!watchers) {
      watchers = new Set();
      this.#watchers.set(name, watchers);
      this.#observe(name);
    }
    return watchers;
  }

  #observe(name: string): void {
    const text = this.#doc.getText(name);
    text.observe((event, { origin }) => {
      const how = origin === this.#local ? "typed" : origin instanceof Y.UndoManager ? "undone" : "theirs";
      const delta = event.delta as Delta;
      for (const watcher of [...(this.#watchers.get(name) ?? [])]) watcher.changed(delta, how);
      this.#texts.get(name)?.set(this.read(name));
      this.#pieces.get(name)?.set(piecesOf(text));
    });
  }

  #history(name: string): Y.UndoManager {
    let manager = this.#undo.get(name);
    if (!manager) {
      manager = new Y.UndoManager(this.#doc.getText(name), {
        trackedOrigins: new Set([this.#local]),
        captureTimeout: CAPTURE_MS,
      });
      this.#undo.set(name, manager);
    }
    return manager;
  }
}

/** The string of a text that holds something besides characters, with U+FFFC for each unit of that. */
function spelled(text: Y.Text): string {
  let string = "";
  for (let item = text._start; item; item = item.right) {
    if (item.deleted || !item.countable) continue;
    string += item.content instanceof Y.ContentString ? item.content.str : "\ufffc".repeat(item.length);
  }
  return string;
}
