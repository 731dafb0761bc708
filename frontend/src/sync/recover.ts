/** What a person had typed, read back from updates that the server did not accept. */

import * as Y from "yjs";

export interface Place {
  readonly client: number;
  readonly clock: number;
}

export interface Piece {
  /** The character that stood before the piece; null at the start of a text, or when it is not known. */
  readonly after: Place | null;
  readonly text: string;
}

export interface Recovered {
  /** The insertions that were not deleted again, in reading order. */
  readonly pieces: readonly Piece[];
  /** UTF-16 units that the updates delete and did not insert. */
  readonly deleted: number;
}

interface Unit {
  readonly value: string;
  deleted: boolean;
  next: Unit | null;
  before: Unit | null;
  /** Set on the first unit of a piece: what stood before it. */
  start: Place | null | undefined;
}

/**
 * The text of `updates`, which are one person's changes of one text, oldest first.
 *
 * No document is needed: within one page nobody else types, so each insertion belongs right behind the character that
 * it names as its left neighbour, when that is one of these; otherwise it begins a new piece.
 */
export function recovered(updates: readonly Uint8Array[]): Recovered {
  const units = new Map<string, Unit>();
  const pieces: Unit[] = [];
  let deleted = 0;
  const key = (client: number, clock: number): string => `${client}:${clock}`;

  for (const update of updates) {
    const { structs, ds } = Y.decodeUpdate(update);
    for (const struct of structs) {
      if (!(struct instanceof Y.Item) || units.has(key(struct.id.client, struct.id.clock))) continue;
      const { client, clock } = struct.id;
      const string = struct.content instanceof Y.ContentString ? struct.content.str : null;
      const left = struct.origin && units.get(key(struct.origin.client, struct.origin.clock));
      const right = struct.rightOrigin && units.get(key(struct.rightOrigin.client, struct.rightOrigin.clock));
      let before: Unit | null = left ?? right?.before ?? null;
      for (let at = 0; at < struct.length; at++) {
        const unit: Unit = { value: string?.[at] ?? "", deleted: false, next: null, before, start: undefined };
        if (before) {
          unit.next = before.next;
          before.next = unit;
        } else {
          unit.start = struct.origin && { client: struct.origin.client, clock: struct.origin.clock };
          if (right?.start !== undefined) {
            unit.next = right;
            pieces[pieces.indexOf(right)] = unit;
            right.start = undefined;
          } else pieces.push(unit);
        }
        if (unit.next) unit.next.before = unit;
        units.set(key(client, clock + at), unit);
        before = unit;
      }
    }
    for (const [client, ranges] of ds.clients) {
      for (const { clock, len } of ranges) {
        for (let at = clock; at < clock + len; at++) {
          const unit = units.get(key(client, at));
          if (unit) unit.deleted = true;
          else deleted++;
        }
      }
    }
  }

  const found: Piece[] = [];
  for (const first of pieces) {
    let text = "";
    for (let unit: Unit | null = first; unit; unit = unit.next) if (!unit.deleted) text += unit.value;
    if (text) found.push({ after: first.start ?? null, text });
  }
  return { pieces: found, deleted };
}

/** Whether `doc` already holds everything that `update` says. */
export function knows(doc: Y.Doc, update: Uint8Array): boolean {
  const { structs, ds } = Y.decodeUpdate(update);
  for (const { id, length } of structs) if (Y.getState(doc.store, id.client) < id.clock + length) return false;
  for (const [client, ranges] of ds.clients) {
    for (const { clock, len } of ranges) {
      if (Y.getState(doc.store, client) < clock + len) return false;
      for (let at = clock; at < clock + len; ) {
        const struct = Y.getItem(doc.store, Y.createID(client, at));
        if (!struct.deleted) return false;
        at = struct.id.clock + struct.length;
      }
    }
  }
  return true;
}
