/** What changed between two versions of a field's text, with boundaries that never lie inside a code point. */

export interface Edit {
  /** UTF-16 index of the change in the old text. */
  readonly at: number;
  /** UTF-16 units taken out there. */
  readonly removed: number;
  readonly inserted: string;
}

const high = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const low = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

/** Whether `index` lies between code points of `text`, not inside a surrogate pair. */
export function between(text: string, index: number): boolean {
  if (index <= 0 || index >= text.length) return true;
  return !(high(text.charCodeAt(index - 1)) && low(text.charCodeAt(index)));
}

/** The nearest index at or before `index` that lies between code points. */
export function snapped(text: string, index: number): number {
  const inside = Math.max(0, Math.min(index, text.length));
  return between(text, inside) ? inside : inside - 1;
}

/** `text` with every lone surrogate replaced by U+FFFD, unit for unit: UTF-8 cannot hold one. */
export function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? text.replace(/\p{Surrogate}/gu, "\ufffd") : text;
}

export function codePoints(text: string): number {
  let found = text.length;
  for (let at = 1; at < text.length; at++) if (!between(text, at)) found--;
  return found;
}

/**
 * The smallest change from `before` to `now`; null when there is none.
 *
 * `caret` is the caret after the change. It settles what the texts alone leave open: the "a" typed into "aaa" went in
 * before the caret, not at the end. A caret that does not explain the change as well as the texts do (an autocorrected
 * word, a script) is not believed. Both texts must be well formed.
 */
export function diff(before: string, now: string, caret: number | null = null): Edit | null {
  if (before === now) return null;
  const plain = edit(before, now, Math.min(before.length, now.length));
  if (caret === null || caret < 0 || caret > now.length) return plain;
  const after = now.length - caret;
  if (after > before.length || !before.endsWith(now.slice(caret))) return plain;
  const hinted = edit(before, now, after);
  return hinted.removed + hinted.inserted.length <= plain.removed + plain.inserted.length ? hinted : plain;
}

/** The change when at most `most` units at the end stand still. The end is matched first, then the start. */
function edit(before: string, now: string, most: number): Edit {
  const shorter = Math.min(before.length, now.length);
  let end = 0;
  while (end < Math.min(most, shorter) && before.charCodeAt(before.length - 1 - end) === now.charCodeAt(now.length - 1 - end)) {
    end++;
  }
  // two emoji of one block share their high half, two of different blocks may share their low half
  while (end > 0 && !(between(before, before.length - end) && between(now, now.length - end))) end--;
  let start = 0;
  while (start < shorter - end && before.charCodeAt(start) === now.charCodeAt(start)) start++;
  while (start > 0 && !(between(before, start) && between(now, start))) start--;
  return { at: start, removed: before.length - end - start, inserted: now.slice(start, now.length - end) };
}
