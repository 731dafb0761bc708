// What people said about a row besides its texts, as the board's snapshot holds it: values, harms, passages, judgements.

import type { Json, Range, Snapshot } from "../../sync";

type Entry = { readonly [key: string]: Json };
const isEntry = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

function* entries(snapshot: Snapshot, collection: string, row: string): Generator<[string, Entry]> {
  for (const [id, value] of Object.entries(snapshot[collection] ?? {}))
    if (isEntry(value) && value["row"] === row) yield [id, value];
}

const byTime = (a: { at: string; id?: string }, b: { at: string; id?: string }): number =>
  a.at < b.at ? -1 : a.at > b.at ? 1 : (a.id ?? "") < (b.id ?? "") ? -1 : 1;

// -- values and harms ------------------------------------------------------------------------------------------------

export type TagKind = "value" | "risk";

export interface Tag {
  readonly name: string;
  readonly person: string;
  readonly at: string;
}

/** The tags of a row, oldest first. */
export function tagsOf(snapshot: Snapshot, row: string, of: TagKind): Tag[] {
  const found: Tag[] = [];
  for (const [, tag] of entries(snapshot, "tags", row))
    if (tag["of"] === of && text(tag["name"]) !== "")
      found.push({ name: text(tag["name"]), person: text(tag["person"]), at: text(tag["at"]) });
  return found.sort(byTime);
}

/** A word that the group added to the lists. */
export interface Added {
  readonly id: string;
  readonly label: string;
  readonly definition: string;
  readonly state: string;
}

/** The words that were added on this board and not declined. */
export function addedOf(snapshot: Snapshot, of: "values" | "risks"): Added[] {
  return Object.entries(snapshot["labels"] ?? {})
    .flatMap(([id, value]) => (isEntry(value) && value["of"] === of ? [{ id, value }] : []))
    .map(({ id, value }) => ({ id, label: text(value["label"]), definition: text(value["definition"]), state: text(value["state"]) }))
    .filter(({ label, state }) => label !== "" && state !== "declined");
}

/** Whether two names are the same to people. */
export const same = (a: string, b: string): boolean => plain(a) === plain(b);
const plain = (name: string): string => name.trim().replace(/\s+/g, " ").toLocaleLowerCase();

// -- passages ----------------------------------------------------------------------------------------------------------

export interface Pointed extends Range {
  readonly id: string;
  readonly text: string;
  readonly risk: string;
  readonly note: string;
  readonly person: string;
  readonly at: string;
}

/** The passages of one text that people point at, oldest first. */
export function pointedAt(snapshot: Snapshot, row: string, name: string): Pointed[] {
  const found: Pointed[] = [];
  for (const [id, span] of entries(snapshot, "spans", row)) {
    if (span["text"] !== name) continue;
    const { start = null, end = null } = span;
    const [risk, note, person, at] = [text(span["risk"]), text(span["note"]), text(span["person"]), text(span["at"])];
    found.push({ id, text: name, start, end, risk, note, person, at });
  }
  return found.sort(byTime);
}

export interface Mark {
  readonly from: number;
  readonly to: number;
  /** Whether a model wrote it. */
  readonly model: boolean;
  /** The numbers of the passages that it belongs to, from 1. */
  readonly passages: readonly number[];
}

/** A text of `length` cut wherever a passage or a model's writing begins or ends. */
export function marked(
  length: number,
  passages: readonly ({ from: number; to: number } | null)[],
  model: readonly { from: number; to: number }[],
): Mark[] {
  const cuts = new Set([0, length]);
  for (const each of [...passages, ...model]) if (each !== null) cuts.add(each.from).add(each.to);
  const edges = [...cuts].filter((edge) => edge >= 0 && edge <= length).sort((a, b) => a - b);
  const covers = (each: { from: number; to: number } | null, from: number, to: number): boolean =>
    each !== null && each.from <= from && each.to >= to;
  return edges.slice(0, -1).flatMap((from, index) => {
    const to = edges[index + 1] ?? length;
    const here = passages.flatMap((each, at) => (covers(each, from, to) ? [at + 1] : []));
    return to > from ? [{ from, to, model: model.some((each) => covers(each, from, to)), passages: here }] : [];
  });
}

/** The client ids under which the server put in what models wrote. */
export function modelClients(snapshot: Snapshot): Set<number> {
  const found = new Set<number>();
  for (const [client, value] of Object.entries(snapshot["clients"] ?? {}))
    if (isEntry(value) && text(value["call"]) !== "") found.add(Number(client));
  return found;
}

// -- judgements --------------------------------------------------------------------------------------------------------

export const LABELS = ["aligned", "misaligned", "in_between", "unsure"] as const;
export type Label = (typeof LABELS)[number];

export interface Rating {
  readonly person: string;
  readonly value: number | readonly string[];
  readonly at: string;
}

/** What everybody chose on one scale, oldest first; what was taken back is not there. */
export function ratingsOf(snapshot: Snapshot, row: string, scale: string): Rating[] {
  const found: Rating[] = [];
  for (const [, rating] of entries(snapshot, "ratings", row)) {
    if (rating["scale"] !== scale) continue;
    const { value } = rating;
    const [person, at] = [text(rating["person"]), text(rating["at"])];
    if (typeof value === "number") found.push({ person, at, value });
    else if (Array.isArray(value)) found.push({ person, at, value: value.map(text) });
  }
  return found.sort(byTime);
}

/** How many chose each of `steps`; somebody who chose several labels counts for each. */
export function spread<S extends number | string>(ratings: readonly Rating[], steps: readonly S[]): { step: S; people: string[] }[] {
  return steps.map((step) => ({
    step,
    people: ratings
      .filter(({ value }) => (typeof value === "number" ? value === step : value.includes(String(step))))
      .map(({ person }) => person),
  }));
}

// -- where a question comes from ---------------------------------------------------------------------------------------

export interface Prompt {
  readonly source: "grown" | "seed" | "own";
  readonly topic: string;
  readonly question_type: string;
  readonly parents: number;
}

/** What the bridge said of a row; null for a row that the group made itself. */
export function promptOf(snapshot: Snapshot, row: string): Prompt | null {
  const given = snapshot["prompts"]?.[row];
  if (!isEntry(given)) return null;
  const { source, parents } = given;
  return {
    source: source === "grown" || source === "seed" ? source : "own",
    topic: text(given["topic"]),
    question_type: text(given["question_type"]),
    parents: Array.isArray(parents) ? parents.length : 0,
  };
}
