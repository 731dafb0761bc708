// What curators gave back to the group, as the board's snapshot holds it.

import type { Json, Snapshot } from "../../sync";

export interface Returned {
  readonly seed: string;
  readonly note: string;
  /** Whether the group has changed the row since. */
  readonly changed: boolean;
}

const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** What is asked of a row, oldest first. Words that were erased ask nothing. */
export function returnsOf(snapshot: Snapshot, row: string): Returned[] {
  const found: (Returned & { at: string })[] = [];
  for (const [seed, value] of Object.entries(snapshot["returns"] ?? {})) {
    if (typeof value !== "object" || value === null || Array.isArray(value) || value["row"] !== row) continue;
    const note = text(value["note"]).trim();
    if (note !== "") found.push({ seed, note, changed: text(value["changed"]) !== "", at: text(value["at"]) });
  }
  return found
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.seed < b.seed ? -1 : 1))
    .map(({ seed, note, changed }) => ({ seed, note, changed }));
}
