/** The honest saved state. "saved" is said only when nothing is in flight. */

import type { Access, ConnectionState, SavedState } from "./types";

export interface Facts {
  readonly connection: ConnectionState;
  readonly access: Access;
  /** Whether the document was ever loaded in this page. */
  readonly loaded: boolean;
  readonly changes: number;
  readonly kept: boolean;
  readonly refused: number;
}

export function savedState({ connection, access, loaded, changes, kept, refused }: Facts): SavedState {
  const counts = { changes, kept, refused };
  if (access.state === "closed") return { now: "closed", ...counts, code: access.code };
  if (connection.state === "refused") return { now: "closed", ...counts, code: connection.code };
  if (connection.state === "offline") return { now: "offline", ...counts, code: null };
  if (!loaded) return { now: "connecting", ...counts, code: null };
  if (connection.state === "connecting") return { now: "offline", ...counts, code: null };
  return { now: changes > 0 ? "saving" : "saved", ...counts, code: null };
}

const WORST = ["closed", "offline", "connecting", "saving", "saved"] as const;

/** Several documents as one: the least saved says the word, the numbers add up. */
export function together(states: readonly SavedState[]): SavedState {
  const [first, ...others] = states;
  if (!first) return { now: "connecting", changes: 0, kept: true, refused: 0, code: null };
  return others.reduce((all, one) => {
    const worse = WORST.indexOf(one.now) < WORST.indexOf(all.now) ? one : all;
    return {
      now: worse.now,
      code: worse.code,
      changes: all.changes + one.changes,
      kept: all.kept && one.kept,
      refused: all.refused + one.refused,
    };
  }, first);
}

/** Whether leaving the page now deserves a warning. */
export function wouldLose({ changes }: SavedState): boolean {
  return changes > 0;
}
