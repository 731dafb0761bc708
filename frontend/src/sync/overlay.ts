/**
 * What a field shows against what its text holds.
 *
 * They differ while an input method composes: then nothing may touch the field, so what colleagues do waits, while what
 * is composed goes to the text at once (on a phone every word is composed, and no word may be lost with its tab).
 * The overlay is a list of runs, in order: in both, only in the text (a colleague's, not shown yet), or only shown (a
 * colleague took it out). Lengths are UTF-16 units.
 */

import type { Edit } from "./diff";

/** A remote change as yjs tells it. */
export type Delta = readonly { readonly retain?: number; readonly delete?: number; readonly insert?: unknown }[];

/** A change of the text: first the removals, which are given from the last to the first, then the insertion at `at`. */
export interface TextChange {
  readonly at: number;
  readonly removals: readonly { readonly at: number; readonly length: number }[];
  readonly inserted: string;
}

type Kind = "both" | "text" | "shown";
type Run = readonly [kind: Kind, length: number];

export class Overlay {
  #runs: Run[];

  constructor(length: number) {
    this.#runs = length > 0 ? [["both", length]] : [];
  }

  /** Whether the field shows the text. */
  get clean(): boolean {
    return this.#runs.every(([kind]) => kind === "both");
  }

  get textLength(): number {
    return this.#runs.reduce((sum, [kind, length]) => (kind === "shown" ? sum : sum + length), 0);
  }

  /** The text changed without the field. */
  remote(delta: Delta): void {
    const walk = new Walk(this.#runs);
    for (const op of delta) {
      if (op.retain !== undefined) walk.pass(op.retain, (run) => run[0] !== "shown", (run) => run);
      else if (op.delete !== undefined) {
        walk.pass(op.delete, (run) => run[0] !== "shown", ([kind, n]) => (kind === "both" ? ["shown", n] : null));
      } else walk.put(["text", typeof op.insert === "string" ? op.insert.length : 1]);
    }
    this.#runs = walk.done();
  }

  /** The field changed: what that means for the text. It goes right behind what stands before it in the field. */
  local({ at, removed, inserted }: Edit): TextChange {
    const walk = new Walk(this.#runs);
    let text = 0;
    const count = (run: Run): Run => {
      if (run[0] !== "shown") text += run[1];
      return run;
    };
    walk.pass(at, (run) => run[0] !== "text", count, count);
    const start = text;
    walk.put(["both", inserted.length]);
    const removals: { at: number; length: number }[] = [];
    walk.pass(
      removed,
      (run) => run[0] !== "text",
      (run) => {
        if (run[0] === "both") removals.push({ at: text, length: run[1] });
        count(run);
        return null;
      },
      count,
    );
    this.#runs = walk.done();
    return { at: start, removals: removals.reverse(), inserted };
  }

  /**
   * Where a place in the field is in the text: right behind what stands before it, or, with `forward`, right before
   * what stands after it.
   */
  toText(shown: number, forward = false): number {
    let left = shown;
    let text = 0;
    for (const [kind, length] of this.#runs) {
      if (kind === "text") {
        if (left === 0 && !forward) return text;
        text += length;
        continue;
      }
      if (left === 0) return text;
      const part = Math.min(left, length);
      left -= part;
      if (kind === "both") text += part;
      if (left === 0 && part < length) return text;
    }
    return text;
  }
}

/** Goes through runs once, from the left, and writes new ones. */
class Walk {
  readonly #from: Run[];
  readonly #to: Run[] = [];
  #at = 0;

  constructor(runs: readonly Run[]) {
    this.#from = [...runs];
  }

  put(run: Run): void {
    const last = this.#to.at(-1);
    if (run[1] === 0) return;
    if (last?.[0] === run[0]) this.#to[this.#to.length - 1] = [run[0], last[1] + run[1]];
    else this.#to.push(run);
  }

  /** Pass `length` units of the runs that `counts` names; those in between go to `other` and cost nothing. */
  pass(
    length: number,
    counts: (run: Run) => boolean,
    each: (run: Run) => Run | null,
    other: (run: Run) => Run = (run) => run,
  ): void {
    let left = length;
    while (left > 0 && this.#at < this.#from.length) {
      const run = this.#from[this.#at]!;
      if (!counts(run)) {
        this.put(other(run));
        this.#at++;
        continue;
      }
      const part = Math.min(left, run[1]);
      const kept = each([run[0], part]);
      if (kept) this.put(kept);
      if (part === run[1]) this.#at++;
      else this.#from[this.#at] = [run[0], run[1] - part];
      left -= part;
    }
  }

  done(): Run[] {
    for (const run of this.#from.slice(this.#at)) this.put(run);
    return this.#to;
  }
}
