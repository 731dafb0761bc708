// How long a text is, as people count.

/** People seldom read on behind this. A quiet target, and never a limit. */
export const MOST_WORDS = 120;

export function lengthOf(text: string, locale: string): { words: number; characters: number } {
  if (!("Segmenter" in Intl)) {
    return { words: text.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word)).length, characters: Array.from(text).length };
  }
  let words = 0;
  for (const { isWordLike } of new Intl.Segmenter(locale, { granularity: "word" }).segment(text)) if (isWordLike) words++;
  return { words, characters: Array.from(text).length };
}
