// How a person is shown: one of eight hues and initials, the same on every screen.

const HUES = 8;

/** 1 … 8, from the id alone, so that everybody sees Ana in the same colour. */
export function hue(person: string): number {
  let sum = 0;
  for (const letter of person) sum = (Math.imul(sum, 31) + (letter.codePointAt(0) ?? 0)) >>> 0;
  return (sum % HUES) + 1;
}

/** One entry a person, whatever number of pages they have open, without those of `me`. */
export function others<P extends { readonly person: string }>(present: readonly P[], me: string): P[] {
  return [...new Map(present.map((each) => [each.person, each])).values()].filter((each) => each.person !== me);
}

/** The first letters of the first and the last word; of one word, its first two. */
export function initials(name: string): string {
  const words = name.trim().split(/[\s\-_.]+/u).filter(Boolean);
  const first = words[0];
  const last = words.at(-1);
  if (first === undefined || last === undefined) return "?";
  const letters = words.length === 1 ? graphemes(first).slice(0, 2) : [graphemes(first)[0], graphemes(last)[0]];
  return letters.join("").toLocaleUpperCase();
}

function graphemes(word: string): string[] {
  if (!("Segmenter" in Intl)) return Array.from(word); // Firefox before 125
  return Array.from(new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(word), (part) => part.segment);
}
