// One request to the helper at a time: it streams, it can be stopped, and leaving the page stops it.

import { Refused } from "../../api/api";
import { ask } from "../../api/lines";
import type { components } from "../../api/schema";
import { ASKED, IDLE, type Progress, taken } from "./replies";

type Whole = components["schemas"]["HelpAsked"];
export type Wanted = Pick<Whole, "purpose"> & Partial<Whole>;

export interface Where {
  readonly study: string;
  readonly group: string;
  readonly activity: string;
}

const UNDER_WAY = new Set<Progress["state"]>(["asked", "waiting", "writing"]);

export class Asking {
  #progress = $state.raw<Progress>(IDLE);
  #stop: AbortController | null = null;

  get now(): Progress {
    return this.#progress;
  }

  get busy(): boolean {
    return UNDER_WAY.has(this.#progress.state);
  }

  /** Resolves when the answer is over, however it went; `now` says how. */
  async ask(where: Where, wanted: Wanted): Promise<void> {
    this.stop();
    const stop = (this.#stop = new AbortController());
    this.#progress = ASKED;
    try {
      const lines = ask("/api/studies/{study}/boards/{group}/{activity}/ask", {
        path: { ...where },
        body: wanted,
        signal: stop.signal,
      });
      for await (const line of lines) {
        if (this.#stop !== stop) return;
        this.#progress = taken(this.#progress, line);
      }
      // an answer that neither failed nor said that it is done was cut
      if (this.#stop === stop && this.busy) this.#progress = { ...this.#progress, state: "failed", code: "offline" };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (this.#stop !== stop) return;
      this.#progress =
        error.code === "cancelled"
          ? { ...this.#progress, state: "stopped" }
          : { ...this.#progress, state: "failed", code: error.code };
    }
  }

  stop(): void {
    if (!this.busy) return;
    this.#stop?.abort();
  }

  forget(): void {
    this.stop();
    this.#stop = null;
    this.#progress = IDLE;
  }
}
