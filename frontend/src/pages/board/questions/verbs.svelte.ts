// Whether questions have a verb with its noun, as the server's parser says. Asked for when the writing has paused, only
// for what changed, and only ever a hint: when the server cannot say, nobody hears of it.

import { api, Refused } from "../../../api/api";

const PAUSE_MS = 2500;
const REST_MS = 60_000; // after a refusal
const MOST = 50; // texts asked for at once
const LONGEST = 2000; // characters

export class Verbs {
  /** By row, for the text that the row had when it was asked for. */
  now = $state.raw<ReadonlyMap<string, boolean | null>>(new Map());

  readonly #path: { study: string; group: string; activity: string };
  #asked = new Map<string, string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #rest = 0;

  constructor(study: string, group: string, activity: string) {
    this.#path = { study, group, activity };
  }

  look(texts: ReadonlyMap<string, string>): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(texts), PAUSE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #ask(texts: ReadonlyMap<string, string>): Promise<void> {
    if (Date.now() < this.#rest || document.visibilityState === "hidden") return;
    const changed = [...texts]
      .filter(([row, text]) => text.trim() !== "" && text.length <= LONGEST && this.#asked.get(row) !== text)
      .slice(0, MOST);
    if (changed.length === 0) return;
    try {
      const said = await api.post(
        "/api/studies/{study}/boards/{group}/{activity}/hints",
        { path: this.#path, body: { texts: Object.fromEntries(changed) } },
      );
      for (const [row, text] of changed) this.#asked.set(row, text);
      const found = new Map(this.now);
      for (const [row] of changed) found.set(row, said.rows[row]?.verb_noun ?? null);
      this.now = found;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#rest = Date.now() + REST_MS;
    }
  }
}
