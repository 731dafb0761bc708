// Replaceable words of a question: which values may stand in their place, and where some must not.

import type { EntityKind } from "../../../template";

export interface Region {
  /** "" stands for everywhere else. */
  readonly region: string;
  readonly allowed: readonly string[];
  readonly forbidden: readonly string[];
}

/** For each region, what may be put in and what must not. A value that is bound to regions is allowed only in them. */
export function regionsOf(kind: EntityKind, regions: readonly string[]): Region[] {
  if (regions.length === 0) {
    const free = kind.values.filter((value) => value.regions.length === 0).map(({ value }) => value);
    return [{ region: "", allowed: free, forbidden: [] }];
  }
  return regions.map((region) => ({
    region,
    allowed: kind.values
      .filter((value) => !value.forbidden.includes(region) && (value.regions.length === 0 || value.regions.includes(region)))
      .map(({ value }) => value),
    forbidden: kind.values.filter((value) => value.forbidden.includes(region)).map(({ value }) => value),
  }));
}

/** The words that a person selected, when they stand whole in the question; "" otherwise. */
export function selected(question: string, start: number, end: number): string {
  return question.slice(Math.min(start, end), Math.max(start, end)).replace(/\s+/gu, " ").trim().slice(0, 200);
}

/** Whether the words still stand in the question, which may have been changed since. */
export function stands(question: string, words: string): boolean {
  return question.replace(/\s+/gu, " ").includes(words);
}
