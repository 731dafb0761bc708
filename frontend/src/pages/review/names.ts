// What the server names in a form for programs, as the pages of review show it.

import type { Measured, RaterLine, Scale } from "../../api/shapes";
import { type PlainKey, say, sayList, tongue } from "../../words/words.svelte";
import { labelOf } from "../rate/answers";
import { METHODS, SEEDS, STRATA } from "./draft";

export const source = (name: string): string => (name === SEEDS ? say("rate.seeds") : name);

/** "from seeds and from the run plain": a run may be called as anything else is. */
export const fromSource = (name: string): string => (name === SEEDS ? say("review.from_seeds") : say("review.from_run", { run: name }));
export const fromSources = (names: readonly string[]): string => sayList(names.map(fromSource));

const COEFFICIENTS: Record<string, PlainKey> = {
  raw: "review.coef_raw",
  cohen: "review.coef_cohen",
  cohen_weighted: "review.coef_cohen_weighted",
  fleiss: "review.coef_fleiss",
  alpha: "review.coef_alpha",
  ac1: "review.coef_ac1",
  ac2: "review.coef_ac2",
};

export function coefficient(name: string): string {
  const key = COEFFICIENTS[name];
  return key === undefined ? name : say(key);
}

/** A way to draw rows, and what it is good for. */
export function method(name: (typeof METHODS)[number]): { title: string; hint: string } {
  if (name === "near-threshold") return { title: say("review.method_near"), hint: say("review.method_near_hint") };
  return { title: say(`review.method_${name}`), hint: say(`review.method_${name}_hint`) };
}

/** What a stratified draw evens out. */
export const stratum = (by: (typeof STRATA)[number]): string => (by === "topic-type" ? say("review.by_both") : say(`review.by_${by}`));

/** A person by their name; who has none any more by the end of their pseudonym. */
export const person = ({ rater, name }: Pick<RaterLine, "rater" | "name">): string => name || rater;

export const valueOf = (scale: Scale | undefined, value: string | number): string => labelOf(scale, value);

/** With two decimals, so that one stands beneath the other, and a minus sign as wide as a plus. */
export const number = (value: number): string =>
  new Intl.NumberFormat(tongue.locale, { minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: "negative" })
    .format(value)
    .replace("-", "−");

/** "0.1 … 0.4", or "" where there is none. */
const interval = ({ low, high }: Measured): string =>
  low === null || low === undefined || high === null || high === undefined ? "" : `${number(low)} … ${number(high)}`;

/** A figure with its interval, where it has one. */
export function figure(measured: Measured): string {
  if (measured.value === null) return say("review.not_known");
  const between = interval(measured);
  return number(measured.value) + (between && ` (${between})`);
}
