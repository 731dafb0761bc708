// The texts of many rows together, as they stood when the writing last paused: for what is counted and compared.

import type { SharedDocument } from "../../../sync";

const MOST_STILLS = 5;

export class Texts {
  /** By row. Changes once the texts have been still for a moment. */
  now = $state.raw<ReadonlyMap<string, string>>(new Map());

  readonly #stops = new Map<string, () => void>();
  readonly #latest = new Map<string, string>();
  readonly #board: SharedDocument;
  readonly #field: string;
  readonly #still: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #since: number | null = null;

  /** `still`: for how long nothing may change before it is told, in ms. */
  constructor(board: SharedDocument, field: string, still: number) {
    this.#board = board;
    this.#field = field;
    this.#still = still;
  }

  watch(rows: readonly string[]): void {
    const wanted = new Set(rows);
    for (const [row, stop] of this.#stops) {
      if (wanted.has(row)) continue;
      stop();
      this.#stops.delete(row);
      this.#latest.delete(row);
      this.#soon();
    }
    for (const row of wanted) {
      if (this.#stops.has(row)) continue;
      this.#stops.set(
        row,
        this.#board.text(`${this.#field}:${row}`).subscribe((text) => {
          this.#latest.set(row, text);
          this.#soon();
        }),
      );
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    for (const stop of this.#stops.values()) stop();
    this.#stops.clear();
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#since ??= Date.now();
    // what was there already needs no pause; and in a group somebody always writes
    const late = this.now.size === 0 || Date.now() - this.#since > MOST_STILLS * this.#still;
    this.#timer = setTimeout(
      () => {
        this.#since = null;
        this.now = new Map(this.#latest);
      },
      late ? 50 : this.#still,
    );
  }
}
