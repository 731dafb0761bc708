// Who is signed in, as the server says.

import { api, Refused } from "./api/api";
import type { Me } from "./api/shapes";

let known = $state.raw<Me | null>(null);
let failed = $state<string | null>(null);

const changes = new Set<() => void>();
let unsaved = (): number => 0;

export const me = {
  /** `run` is called whenever somebody else, or nobody, is signed in than before. */
  changed(run: () => void): void {
    changes.add(run);
  },
  /** null until the server has answered. */
  get now(): Me | null {
    return known;
  },
  get failed(): string | null {
    return failed;
  },
  /** How many changes are on this device only; whoever keeps them says so by `keeps`. */
  get unsaved(): number {
    return unsaved();
  },
  keeps(count: () => number): void {
    unsaved = count;
  },
  async ask(): Promise<void> {
    try {
      const before = known?.id;
      known = await api.get("/api/me");
      if (before !== undefined && before !== known.id) for (const run of changes) run();
      failed = null;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      failed = error.code;
    }
  },
  async leave(): Promise<void> {
    await api.post("/api/logout");
    await me.ask();
  },
};
