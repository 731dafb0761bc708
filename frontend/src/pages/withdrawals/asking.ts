// Withdrawals answer line by line: how far they are, and at the end what was found or done, or why not.

import { Refused } from "../../api/api";
import { ask } from "../../api/lines";
import type { Foreseen, WithdrawalAsked, WithdrawalDone, WithdrawalStep, DueAsked } from "../../api/shapes";

type Line<T extends string, V> = { progress: WithdrawalStep } | { error: string; detail?: string } | { [K in T]: V };
export type Told = (step: WithdrawalStep) => void;

async function last<T extends string, V>(lines: AsyncGenerator<unknown>, name: T, told: Told): Promise<V> {
  for await (const each of lines) {
    const line = each as Line<T, V>;
    if ("progress" in line) told(line.progress);
    else if ("error" in line) throw new Refused(line.error, 0);
    else return line[name];
  }
  throw new Refused("offline", 0); // it ended without a word
}

/** What would go. Changes nothing; ends with `signal`. Throws Refused. */
export const foresee = (study: string, body: WithdrawalAsked, told: Told, signal: AbortSignal): Promise<Foreseen> =>
  last(ask("/api/studies/{study}/withdrawals/foresee", { path: { study }, body, signal }), "foreseen", told);

/** Do it: it goes on to its end, also when the page is closed. Throws Refused. */
export const withdraw = (study: string, body: WithdrawalAsked, told: Told): Promise<WithdrawalDone> =>
  last(ask("/api/studies/{study}/withdrawals", { path: { study }, body }), "done", told);

/** Do what is due by the study's [retention], as it was seen. Throws Refused. */
export const withdrawDue = (study: string, body: DueAsked, told: Told): Promise<WithdrawalDone> =>
  last(ask("/api/studies/{study}/withdrawals/due", { path: { study }, body }), "done", told);
