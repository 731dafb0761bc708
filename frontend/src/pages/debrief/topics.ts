// The topics of a debrief that were kept.

import { entries, text } from "../../agenda";
import type { Snapshot } from "../../sync";
import type { Row } from "../board/rows";

export interface Topic {
  readonly id: string;
  readonly name: string;
  readonly person: string;
  readonly at: string;
}

/** One name, however it was typed. The server folds names alike. */
export const folded = (name: string): string => name.trim().split(/\s+/).join(" ").toLocaleLowerCase();

/** Those that are kept, the first kept first. */
export function topicsKept(snapshot: Snapshot): Topic[] {
  return entries(snapshot, "topics")
    .map(([id, said]) => ({ id, name: text(said["name"]), person: text(said["person"]), at: text(said["at"]) }))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** The notes of a topic that stand. */
export function notesOf(rows: readonly Row[], topic: string): Row[] {
  return rows.filter((row) => !row.removed && folded(row.fields["cluster"] ?? "") === folded(topic));
}
