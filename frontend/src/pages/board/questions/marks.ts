// What stands beside the questions of a board: votes, comments, kept versions, replaceable words, labels of the group.

import type { Json, Snapshot } from "../../../sync";

export interface Comment {
  readonly id: string;
  readonly row: string;
  readonly person: string;
  readonly at: string;
  readonly text: string;
  readonly resolved: boolean;
}

export interface Version {
  readonly id: string;
  readonly row: string;
  readonly person: string;
  readonly at: string;
  readonly seq: number;
  readonly note: string;
}

export interface Slot {
  readonly id: string;
  readonly row: string;
  readonly kind: string;
  readonly text: string;
}

export interface OwnLabel {
  readonly id: string;
  readonly of: string;
  readonly label: string;
  readonly definition: string;
  readonly state: string;
}

/** Of one row. */
export interface Marks {
  readonly votes: readonly string[];
  readonly comments: readonly Comment[];
  readonly versions: readonly Version[];
  readonly slots: readonly Slot[];
}

const NONE: Marks = { votes: [], comments: [], versions: [], slots: [] };

type Entry = { [key: string]: Json };
const isEntry = (value: Json | undefined): value is Entry =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

function* entries(snapshot: Snapshot, collection: string): Generator<[string, Entry]> {
  for (const [id, value] of Object.entries(snapshot[collection] ?? {})) if (isEntry(value)) yield [id, value];
}

/** Everything beside the rows, by row; one pass over the collections, however many rows there are. */
export function marksOf(snapshot: Snapshot): (row: string) => Marks {
  const found = new Map<string, { votes: string[]; comments: Comment[]; versions: Version[]; slots: Slot[] }>();
  const at = (row: string): { votes: string[]; comments: Comment[]; versions: Version[]; slots: Slot[] } => {
    let marks = found.get(row);
    if (marks === undefined) found.set(row, (marks = { votes: [], comments: [], versions: [], slots: [] }));
    return marks;
  };
  for (const [, vote] of entries(snapshot, "votes")) at(text(vote["row"])).votes.push(text(vote["person"]));
  for (const [id, each] of entries(snapshot, "comments")) {
    const words = text(each["text"]);
    if (words === "") continue; // erased
    at(text(each["row"])).comments.push({
      id, row: text(each["row"]), person: text(each["person"]), at: text(each["at"]), text: words,
      resolved: each["resolved"] === true,
    });
  }
  for (const [id, each] of entries(snapshot, "versions"))
    at(text(each["row"])).versions.push({
      id, row: text(each["row"]), person: text(each["person"]), at: text(each["at"]), seq: Number(each["seq"]),
      note: text(each["note"]),
    });
  for (const [id, each] of entries(snapshot, "slots")) {
    const words = text(each["text"]);
    if (words !== "") at(text(each["row"])).slots.push({ id, row: text(each["row"]), kind: text(each["kind"]), text: words });
  }
  for (const marks of found.values()) {
    marks.comments.sort((a, b) => (a.at < b.at ? -1 : 1));
    marks.versions.sort((a, b) => a.seq - b.seq);
  }
  return (row) => found.get(row) ?? NONE;
}

/** The labels that people of the group added, those declined left out. */
export function labelsOf(snapshot: Snapshot): OwnLabel[] {
  return [...entries(snapshot, "labels")]
    .map(([id, each]) => ({
      id, of: text(each["of"]), label: text(each["label"]), definition: text(each["definition"]), state: text(each["state"]),
    }))
    .filter(({ label, state }) => label !== "" && state !== "declined");
}
