// What the page of a board puts into the rows of its table, besides their texts.

import type { Snippet } from "svelte";
import type { Column } from "../../activities";
import type { Row } from "./rows";

export interface RowParts {
  /** The cell of a field: the row, its number, the column. */
  field: Snippet<[row: Row, number: number, column: Column]>;
  /** Before the button that removes the row. */
  side: Snippet<[row: Row, number: number]>;
  /** Under the text of the row. */
  under: Snippet<[row: Row]>;
  /** A line of its own below the row. */
  drawer: Snippet<[row: Row, number: number]>;
  /** The row whose drawer is open. */
  opened: string | null;
  /** Alt+Enter in a row. */
  onmore: (row: string) => void;
}
