// What a group may want to know of a question while it writes. Hints, never rules: each has a reason and can be put away.

export interface Asked {
  readonly id: string;
  readonly topic: string;
  readonly question_type: string;
  /** The id of a task kind; "" for a plain question. */
  readonly task: string;
  readonly text: string;
}

export type Hint =
  | { readonly kind: "same_topic" | "same_cell" | "near_duplicate"; readonly row: string; readonly other: string }
  | { readonly kind: "no_question_mark" | "no_verb_noun"; readonly row: string };

/** From here on two questions are nearly the same: the share of words that both have, of all words of either. */
const NEAR = 0.6;
/** Shorter questions are only the same when all of their words are. */
const FEW_WORDS = 3;
/** A text with fewer letters is still being begun. */
const BEGUN = 8;

/** Which hints each question has, in the order of `asked`; the later of two alike is told, the earlier is left alone. */
export function hintsOf(
  asked: readonly Asked[],
  verbNoun: ReadonlyMap<string, boolean | null> = new Map(),
): Map<string, Hint[]> {
  const found = new Map<string, Hint[]>();
  const topics = new Map<string, string>();
  const cells = new Map<string, string>();
  const before: { id: string; words: ReadonlySet<string> }[] = [];
  for (const { id, topic, question_type, task, text } of asked) {
    const hints: Hint[] = [];
    const subject = folded(topic);
    if (subject !== "") {
      const type = folded(question_type);
      const cell = type === "" ? "" : `${subject}\n${type}`;
      const alike = cell === "" ? undefined : cells.get(cell);
      const same = topics.get(subject);
      if (alike !== undefined) hints.push({ kind: "same_cell", row: id, other: alike });
      else if (same !== undefined) hints.push({ kind: "same_topic", row: id, other: same });
      if (same === undefined) topics.set(subject, id);
      if (cell !== "" && alike === undefined) cells.set(cell, id);
    }
    const words = wordsOf(text);
    const near = before.find((other) => nearlySame(words, other.words));
    if (near !== undefined) hints.push({ kind: "near_duplicate", row: id, other: near.id });
    if (words.size > 0) before.push({ id, words });
    if (text.trim().length >= BEGUN) {
      if ((task === "" || task === "question") && !asks(text)) hints.push({ kind: "no_question_mark", row: id });
      // many good questions have no object to their verb: said only where nothing else is
      if (hints.length === 0 && verbNoun.get(id) === false) hints.push({ kind: "no_verb_noun", row: id });
    }
    if (hints.length > 0) found.set(id, hints);
  }
  return found;
}

/** Case, width and spaces make no other word. */
export function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase().trim().replace(/\s+/gu, " ");
}

/** The share of words that both texts have, 0 to 1. */
export function similarity(one: string, other: string): number {
  return shared(wordsOf(one), wordsOf(other));
}

function nearlySame(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  const share = shared(one, other);
  return Math.min(one.size, other.size) < FEW_WORDS ? share === 1 : share >= NEAR;
}

function shared(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  if (one.size === 0 || other.size === 0) return 0;
  let both = 0;
  for (const word of one) if (other.has(word)) both++;
  return both / (one.size + other.size - both);
}

const segmenter = "Segmenter" in Intl ? new Intl.Segmenter(undefined, { granularity: "word" }) : null;
const SPACELESS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** The words of a text in any script; where words stand without spaces and no dictionary is at hand, its letters. */
export function wordsOf(text: string): ReadonlySet<string> {
  const plain = folded(text);
  if (segmenter !== null) {
    const parts = Array.from(segmenter.segment(plain));
    return new Set(parts.filter((part) => part.isWordLike).map((part) => part.segment));
  }
  const words = plain.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return new Set(words.flatMap((word) => (SPACELESS.test(word) ? Array.from(word) : [word])));
}

// Latin and others, full width, Arabic, Armenian, Ethiopic, Greek (its own sign), Coptic, Limbu, Vai, doubled forms
const MARKS = /[?？؟՞፧\u037e⳺⳻᥅꘏⁇⁈⁉⸮﹖]/u;
const GREEK = /\p{Script=Greek}/u;
/** Scripts whose questions are written without a sign. */
const UNMARKED = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u;
/** A Japanese question may end with its particle and a full stop. */
const PARTICLE = /[かの][。．.]?\s*$/u;

/** Whether a text asks, as far as its signs tell. */
export function asks(text: string): boolean {
  if (MARKS.test(text) || UNMARKED.test(text)) return true;
  if (GREEK.test(text) && text.includes(";")) return true; // the sign of a semicolon is the one of a question there
  return PARTICLE.test(text);
}
