// Which texts of which rows hold words, for the list of questions and for the steps.

import { SvelteMap } from "svelte/reactivity";
import type { SharedDocument } from "../../sync";
import { PARTS } from "../helper/parts";

export class Filled {
  readonly #known = new SvelteMap<string, boolean>();
  readonly #board: SharedDocument;

  constructor(board: SharedDocument) {
    this.#board = board;
  }

  /** Follow the texts of these rows; the answer lets go. */
  follow(rows: readonly string[]): () => void {
    const stops = rows.flatMap((row) =>
      [...PARTS, "aligned_2"].map((part) => {
        const name = `${part}:${row}`;
        return this.#board.text(name).subscribe((text) => {
          const filled = /\S/.test(text);
          if (this.#known.get(name) !== filled) this.#known.set(name, filled);
        });
      }),
    );
    return () => {
      for (const stop of stops) stop();
    };
  }

  has(row: string, part: string): boolean {
    return this.#known.get(`${part}:${row}`) === true;
  }

  /** How many of the three steps have words. */
  steps(row: string): number {
    return PARTS.filter((part) => this.has(row, part)).length;
  }
}
