// What runs to test against would take, as a job says it before any is made.

import type { Job, JobAsked } from "../../api/shapes";
import { say } from "../../words/words.svelte";

export type PropagateOptions = NonNullable<Extract<JobAsked, { act: "propagate" }>["options"]>;

export interface Forecast {
  kind: string;
  run: string;
  feature: string;
  plan: string;
  how: string;
  candidates: number;
  runs: number;
  requests: number;
  tokens: number;
  seconds: number | null;
  cost: number;
  currency: string;
}

export const TESTS = ["T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8"] as const;

/** The forecast that a job ended with, or null. */
export function forecastOf(job: Job): Forecast | null {
  return (job.result?.["forecast"] as Forecast | undefined) ?? null;
}

/** What a design makes, in words. */
export function kindName(kind: string, feature: string): string {
  if (kind === "controls") return say("tested.controls");
  if (kind === "swap") return say("tested.swap");
  return say(feature === "length" ? "tested.dose_length" : "tested.dose_instructions");
}
