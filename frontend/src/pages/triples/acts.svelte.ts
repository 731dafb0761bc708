// Asking for something on the board, and the last refusal of it.

import type { Answer, Json, SharedDocument } from "../../sync";

export class Acts {
  refusal = $state<string | null>(null);
  /** Commands that the server has not answered yet. */
  waiting = $state(0);
  readonly #board: SharedDocument;

  constructor(board: SharedDocument) {
    this.#board = board;
  }

  readonly do = async (kind: string, args: { readonly [key: string]: Json }): Promise<Answer> => {
    this.refusal = null;
    this.waiting += 1;
    const answer = await this.#board.command(kind, args);
    this.waiting -= 1;
    if (!answer.ok) this.refusal = answer.code;
    return answer;
  };
}
