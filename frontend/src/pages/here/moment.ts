// Where a person belongs now, and whether they may be taken there without being torn from a sentence.

import { address } from "../../addresses";
import type { GuideStore } from "../../guide.svelte";
import { unsaved } from "../../studies";
import { boardOf } from "../../template";

/** Roles that go along with the programme; the others run it, and go where they like. */
const LED = new Set(["participant", "observer"]);

export const led = (role: string | null | undefined): boolean => LED.has(role ?? "");

/** The address of the step of now; null while no step was begun. */
export function whereNow(guide: GuideStore): string | null {
  const now = guide.now;
  const group = guide.me?.group ?? "";
  if (now === null) return null;
  const activity = boardOf(now.step.kind);
  return activity === null || group === "" ? "/" : address.board(guide.study, group, activity);
}

// one that takes no more, because its board was closed, keeps nobody
const FIELDS = ":is(textarea, input:not([type=checkbox], [type=radio], [type=range])):not(:read-only)";

/** Whether the person is in a field, or something of theirs is not saved yet. */
export function writing(): boolean {
  return unsaved() > 0 || (document.hasFocus() && document.activeElement?.matches(FIELDS) === true);
}
