// Putting a reply into a text: the server inserts it, so that it stays marked as a model's for ever.

import type { SharedDocument } from "../../sync";
import type { Target } from "./target";

export class Using {
  /** Calls that were put in from this page. */
  used = $state.raw<ReadonlySet<string>>(new Set());
  refusal = $state<string | null>(null);
  busy = $state(false);

  /** Whether all of them were put in; at the first refusal the rest stays out. */
  async put(board: SharedDocument, replies: readonly { call: string; target: Target }[]): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.refusal = null;
    try {
      for (const { call, target } of replies) {
        const position = target.position();
        // behind what stands there, a reply begins a line of its own
        if (position === "end" && /\S$/.test(board.text(target.text).value)) board.append(target.text, "\n");
        const answer = await board.command("model.use", { call, text: target.text, position });
        if (!answer.ok) {
          this.refusal = answer.code;
          return false;
        }
        this.used = new Set([...this.used, call]);
      }
      return true;
    } finally {
      this.busy = false;
    }
  }
}
