// What one has begun to say of a text and not sent yet: it stays in this browser, so that a pause, a reload or a closed
// tab takes none of it. It goes when the rating is given.

import { type Answer, NOTHING, same } from "./answers";

export interface Draft extends Answer {
  /** Milliseconds spent on it so far. */
  readonly spent: number;
}

type Shelf = Readonly<Record<string, Draft>>;

export class Drafts {
  #shelf: string;

  constructor(study: string, task: string, person: string) {
    this.#shelf = `seedbed.rate.begun ${study} ${task} ${person}`;
  }

  get(name: string): Draft | undefined {
    const found = this.#read()[name];
    return typeof found?.values === "object" && found.values !== null && typeof found.critique === "string"
      ? { values: found.values, critique: found.critique, skipped: found.skipped === true, spent: Number(found.spent) || 0 }
      : undefined;
  }

  /** Keep `draft`, unless it says no more than what stood there before. */
  keep(name: string, draft: Draft, stood: Answer = NOTHING): void {
    const { [name]: _, ...others } = this.#read();
    this.#write(same(draft, stood) ? others : { ...others, [name]: draft });
  }

  drop(name: string): void {
    const { [name]: had, ...others } = this.#read();
    if (had !== undefined) this.#write(others);
  }

  // read anew each time: another tab may have the same task open
  #read(): Shelf {
    try {
      const found: unknown = JSON.parse(localStorage.getItem(this.#shelf) ?? "{}");
      return typeof found === "object" && found !== null ? (found as Shelf) : {};
    } catch {
      return {};
    }
  }

  #write(shelf: Shelf): void {
    try {
      if (Object.keys(shelf).length === 0) localStorage.removeItem(this.#shelf);
      else localStorage.setItem(this.#shelf, JSON.stringify(shelf));
    } catch {
      // a browser that keeps nothing: it stays on the page
    }
  }
}
