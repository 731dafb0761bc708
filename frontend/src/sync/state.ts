/** A board as the server tells it: a snapshot, and changes merged into it. What a change means is not known here. */

import { Signal, type Readable } from "./signal";
import type { Change, Json, Snapshot } from "./types";

/** `snapshot` after `changes`. What did not change keeps its identity. */
export function merged(snapshot: Snapshot, changes: readonly Change[]): Snapshot {
  if (changes.length === 0) return snapshot;
  const next: { [collection: string]: { readonly [id: string]: Json } } = { ...snapshot };
  const own = new Set<string>();
  for (const [collection, id, value] of changes) {
    const items: { [id: string]: Json } = own.has(collection)
      ? (next[collection] as { [id: string]: Json })
      : { ...next[collection] };
    own.add(collection);
    if (value === null) delete items[id];
    else items[id] = value;
    next[collection] = items;
  }
  return next;
}

export class State {
  readonly #snapshot = new Signal<Snapshot>({});

  get snapshot(): Readable<Snapshot> {
    return this.#snapshot;
  }

  replace(snapshot: Snapshot): void {
    this.#snapshot.set(snapshot);
  }

  merge(changes: readonly Change[]): void {
    this.#snapshot.set(merged(this.#snapshot.value, changes));
  }

  /** The phase of the board, on which rights hang; undefined before the first snapshot. */
  get phase(): Json | undefined {
    const main = this.#snapshot.value["board"]?.["main"];
    return typeof main === "object" && main !== null && !Array.isArray(main) ? main["phase"] : undefined;
  }
}
