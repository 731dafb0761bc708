// Ratings on their way. Each is sent until the server answers it, under a key by which twice is once; what is not
// answered yet outlives a reload of the page.

import { api, Refused } from "../../api/api";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];
export type Rating = Schemas["RateAsked"];
type Told = Schemas["Rating"];

/** What passes, and is tried again. */
const PASSING = new Set(["offline", "busy", "too_many", "too_slow", "storage", "signed_out", "internal"]);
const WAITS = [1, 2, 4, 8, 15]; // seconds

export interface Refusal {
  readonly rating: Rating;
  readonly code: string;
  readonly detail: unknown;
}

export class Sending {
  waiting = $state.raw<readonly Rating[]>([]);
  /** Why the last attempt failed, while it is tried again. */
  trouble = $state<string | null>(null);
  #under = false;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shelf: string;

  constructor(
    readonly path: { study: string; task: string },
    person: string,
    readonly taken: (told: Told, rating: Rating) => void,
    readonly refused: (refusal: Refusal) => void,
  ) {
    this.#shelf = `rate ${path.study} ${path.task} ${person}`;
    this.waiting = this.#shelved();
    if (this.waiting.length > 0) void this.flush();
  }

  add(rating: Rating): void {
    this.#set([...this.waiting, rating]);
    void this.flush();
  }

  flush = async (): Promise<void> => {
    if (this.#under) return;
    this.#under = true;
    clearTimeout(this.#timer);
    try {
      for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
        try {
          const told = await api.post("/api/studies/{study}/rate/{task}/ratings", { path: this.path, body: next });
          this.#done();
          this.taken(told, next);
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          if (PASSING.has(error.code) || error.status >= 500) {
            this.trouble = error.code;
            this.#later(error.retryAfter);
            return;
          }
          this.#done();
          this.refused({ rating: next, code: error.code, detail: error.detail });
        }
      }
    } finally {
      this.#under = false;
    }
  };

  close(): void {
    clearTimeout(this.#timer);
  }

  #done(): void {
    this.#tries = 0;
    this.trouble = null;
    this.#set(this.waiting.slice(1));
  }

  #later(after: number | null): void {
    const seconds = after ?? WAITS[Math.min(this.#tries, WAITS.length - 1)] ?? 15;
    this.#tries += 1;
    this.#timer = setTimeout(() => void this.flush(), seconds * 1000);
  }

  #set(waiting: readonly Rating[]): void {
    this.waiting = waiting;
    try {
      if (waiting.length === 0) sessionStorage.removeItem(this.#shelf);
      else sessionStorage.setItem(this.#shelf, JSON.stringify(waiting));
    } catch {
      // a browser that keeps nothing: they stay on the page
    }
  }

  #shelved(): readonly Rating[] {
    try {
      const found: unknown = JSON.parse(sessionStorage.getItem(this.#shelf) ?? "[]");
      return Array.isArray(found) ? (found as Rating[]) : [];
    } catch {
      return [];
    }
  }
}

/** A key of a rating: random, also on pages without TLS. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
