/** What was typed and not accepted: kept, with its text, until the person decides. */

import { recovered, type Piece } from "./recover";
import { Signal, type Readable } from "./signal";
import type { Kept } from "./queue";
import type { Owner, Storage } from "./storage";
import type { RefusedText } from "./types";

interface Held extends RefusedText {
  readonly study: string;
  readonly person: string;
  readonly doc: string;
  readonly pieces: readonly Piece[];
}

export class Quarantine {
  readonly #storage: Storage;
  readonly #owner: Owner;
  readonly #id: () => string;
  readonly #date: () => string;
  readonly #held = new Signal<readonly Held[]>([]);
  readonly #gone = new Set<string>();

  constructor(storage: Storage, owner: Owner, id: () => string, date: () => string) {
    this.#storage = storage;
    this.#owner = owner;
    this.#id = id;
    this.#date = date;
  }

  get list(): Readable<readonly RefusedText[]> {
    return this.#held;
  }

  /** What this device holds from before. */
  async load(): Promise<void> {
    const known = new Set(this.#held.value.map(({ id }) => id));
    const found = (await this.#storage.all<Held>("refused", this.#owner)).filter(
      ({ id }) => !known.has(id) && !this.#gone.has(id),
    );
    if (found.length > 0) this.#held.set([...found, ...this.#held.value].sort((a, b) => (a.at < b.at ? -1 : 1)));
  }

  /** Put away what was refused with `code`, text by text. Where nothing was inserted or deleted there is nothing to keep. */
  add(records: readonly Kept[], code: string): void {
    const [study, person, doc] = this.#owner;
    const added: Held[] = [];
    // text by text, and page by page: the recovery reads one author's changes
    for (const group of grouped(records, ({ name, page }) => JSON.stringify([page, name])).values()) {
      const { pieces, deleted } = read(group);
      const text = pieces.map((piece) => piece.text).join("\n");
      if (!text && deleted === 0) continue;
      const held: Held = {
        id: this.#id(), study, person, doc, name: group[0]!.name || null, text, deleted, code, at: this.#date(), pieces,
      };
      this.#storage.put("refused", held.id, held);
      added.push(held);
    }
    if (added.length > 0) this.#held.set([...this.#held.value, ...added]);
  }

  pieces(id: string): { name: string | null; pieces: readonly Piece[] } | null {
    return this.#held.value.find((held) => held.id === id) ?? null;
  }

  dismiss(id: string): void {
    this.#gone.add(id);
    this.#storage.delete("refused", id);
    this.#held.set(this.#held.value.filter((held) => held.id !== id));
  }
}

function read(records: readonly Kept[]): { pieces: readonly Piece[]; deleted: number } {
  try {
    return recovered(records.map(({ update }) => update));
  } catch {
    return { pieces: [], deleted: 1 }; // not an update at all: the device's storage is damaged
  }
}

function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
