// The notes of a reflection board, in the order and the heaps in which they are looked at.

import { entries, text } from "../../agenda";
import type { Snapshot } from "../../sync";
import type { Row } from "../board/rows";

/** What people may answer a note with, in the order of the menu. The server knows the same names. */
export const REACTIONS = {
  thumbs_up: "👍",
  heart: "❤️",
  laugh: "😄",
  idea: "💡",
  question: "❓",
  surprise: "😮",
  sad: "😢",
  celebrate: "🎉",
} as const;
export type Reaction = keyof typeof REACTIONS;
export const EMOJI = Object.entries(REACTIONS) as readonly [Reaction, string][];

/** Who reacted to each row, by reaction, in the order in which they did. */
export function reactionsOf(snapshot: Snapshot): (row: string) => ReadonlyMap<Reaction, readonly string[]> {
  const found = new Map<string, Map<Reaction, string[]>>();
  const all = entries(snapshot, "reactions")
    .map(([, said]) => ({ row: text(said["row"]), person: text(said["person"]), emoji: text(said["emoji"]), at: text(said["at"]) }))
    .filter((each): each is typeof each & { emoji: Reaction } => each.emoji in REACTIONS)
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  for (const { row, person, emoji } of all) {
    const of = found.get(row) ?? new Map<Reaction, string[]>();
    found.set(row, of.set(emoji, [...(of.get(emoji) ?? []), person]));
  }
  const none: ReadonlyMap<Reaction, readonly string[]> = new Map();
  return (row) => found.get(row) ?? none;
}

export type Order = "prompt" | "cluster" | "votes";

export interface Heap {
  /** The id of a prompt, or the name of a topic; "" for what belongs to none. */
  readonly id: string;
  readonly rows: readonly Row[];
}

/** One name, however it was typed. */
const folded = (name: string): string => name.trim().toLocaleLowerCase();

/**
 * The notes in heaps. By prompt: every prompt has one, also an empty one, and notes of none come last. By topic: in the
 * order of their size. By votes: one heap, most votes first.
 */
export function heapsOf(rows: readonly Row[], order: Order, prompts: readonly string[], votes: (row: string) => number): Heap[] {
  if (order === "votes") {
    const sorted = rows.map((row, index) => ({ row, index, n: votes(row.id) })).sort((a, b) => b.n - a.n || a.index - b.index);
    return [{ id: "", rows: sorted.map(({ row }) => row) }];
  }
  if (order === "prompt") {
    const of = (row: Row): string => (prompts.includes(row.fields["prompt"] ?? "") ? (row.fields["prompt"] ?? "") : "");
    const heaps = prompts.map((id) => ({ id, rows: rows.filter((row) => of(row) === id) }));
    const rest = rows.filter((row) => of(row) === "");
    return rest.length > 0 || heaps.length === 0 ? [...heaps, { id: "", rows: rest }] : heaps;
  }
  const heaps = new Map<string, Row[]>();
  for (const row of rows) {
    const name = row.fields["cluster"]?.trim() ?? "";
    const known = [...heaps.keys()].find((each) => folded(each) === folded(name)) ?? name;
    heaps.set(known, [...(heaps.get(known) ?? []), row]);
  }
  return [...heaps]
    .map(([id, rows]) => ({ id, rows }))
    .sort((a, b) => Number(a.id === "") - Number(b.id === "") || b.rows.length - a.rows.length || a.id.localeCompare(b.id));
}

/** The names of topics that are in use, each once, as it was typed first. */
export function topicsOf(rows: readonly Row[]): string[] {
  return heapsOf(rows, "cluster", [], () => 0).map(({ id }) => id).filter((id) => id !== "");
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
}

/**
 * The note that an arrow leads to from the one at `at`, by where they stand; -1 where there is none that way. Left and
 * right follow the reading order, up and down keep to the column as well as may be.
 */
export function steered(boxes: readonly Box[], at: number, key: string): number {
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const next = at + (key === "ArrowRight" ? 1 : -1);
    return next >= 0 && next < boxes.length ? next : -1;
  }
  const from = boxes[at];
  if (from === undefined || (key !== "ArrowUp" && key !== "ArrowDown")) return -1;
  const down = key === "ArrowDown";
  const ahead = boxes
    .map((box, index) => ({ box, index }))
    .filter(({ box }) => (down ? box.top > from.top + 1 : box.top < from.top - 1));
  if (ahead.length === 0) return -1;
  const line = down ? Math.min(...ahead.map(({ box }) => box.top)) : Math.max(...ahead.map(({ box }) => box.top));
  const middle = from.left + from.width / 2;
  const away = ({ box }: { box: Box }): number => Math.abs(box.left + box.width / 2 - middle);
  return ahead.filter(({ box }) => Math.abs(box.top - line) <= 1).sort((a, b) => away(a) - away(b))[0]?.index ?? -1;
}
