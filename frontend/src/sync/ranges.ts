/** Passages of a text that move with it, and under which client ids a text was inserted. */

import * as Y from "yjs";
import { snapped } from "./diff";
import type { Extent, Json, Piece, Range } from "./types";

/** The passage `from` … `to` of `text`, whose characters are `shown`. */
export function rangeOf(text: Y.Text, shown: string, { from, to }: Extent): Range {
  const [first, last] = [snapped(shown, Math.min(from, to)), snapped(shown, Math.max(from, to))];
  // the start holds on to the character behind it, the end to the one before it: what is typed at an edge stays outside
  return { start: placed(text, first, 0), end: placed(text, last, -1) };
}

function placed(text: Y.Text, index: number, assoc: number): Json {
  return Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, index, assoc)) as Json;
}

/** The index of a relative position in `text` called `name`; null when it is in another text, or unknown. */
export function indexOf(doc: Y.Doc, text: Y.Text, name: string, position: unknown): number | null {
  if (typeof position !== "object" || position === null) return null;
  const given = position as { tname?: unknown; type?: unknown };
  // a foreign name would create a text here
  if (given.type != null || (given.tname != null && given.tname !== name)) return null;
  try {
    const absolute = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(position), doc);
    return absolute?.type === text ? absolute.index : null;
  } catch {
    return null;
  }
}

export function extentOf(doc: Y.Doc, text: Y.Text, name: string, { start, end }: Range): Extent | null {
  const [from, to] = [indexOf(doc, text, name, start), indexOf(doc, text, name, end)];
  return from !== null && to !== null && from < to ? { from, to } : null;
}

export function piecesOf(text: Y.Text): readonly Piece[] {
  const found: { from: number; to: number; client: number }[] = [];
  let at = 0;
  for (let item = text._start; item; item = item.right) {
    if (item.deleted || !item.countable) continue;
    const last = found.at(-1);
    if (last?.client === item.id.client) last.to += item.length;
    else found.push({ from: at, to: at + item.length, client: item.id.client });
    at += item.length;
  }
  return found;
}
