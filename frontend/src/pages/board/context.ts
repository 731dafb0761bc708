// What the frame of a board hands to what stands in it.

import type { Present, SharedDocument, Snapshot } from "../../sync";
import type { Editing } from "./editing.svelte";
import type { Row } from "./rows";

export interface OpenBoard {
  readonly board: SharedDocument;
  readonly snapshot: Snapshot;
  /** All rows in their order, those taken out among them. */
  readonly rows: readonly Row[];
  readonly editing: Editing;
  readonly write: boolean;
  readonly present: readonly Present[];
  readonly phase: "open" | "closed";
  /** The person at this page. */
  readonly person: string;
  /** Whether this person may see the list of people and decide for others (moderators, organisers). */
  readonly desk: boolean;
  /** The name of a person, or the word for somebody whose name is not shown. */
  readonly nameOf: (person: string) => string;
  readonly study: string;
  readonly group: string;
}
