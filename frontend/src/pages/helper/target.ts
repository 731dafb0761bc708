// Where a reply of the helper may go.

import type { Json } from "../../sync";

export interface Target {
  /** The name of a text of the board, such as `question:k3f9`. */
  readonly text: string;
  /** What the page calls it. */
  readonly label: string;
  /** Where in it: a relative position (`Binding.position()`), or "end". Asked when the reply is put in. */
  readonly position: () => Json;
}
