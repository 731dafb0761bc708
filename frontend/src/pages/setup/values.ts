// What is being edited: plain JSON, changed by making it anew. The things in a list bear a key of the page's own, so
// that each keeps its field, its focus and its place while others come, go and move.

import type { Json } from "../../sync";

export type Item = { readonly [name: string]: Json };

const KEY = "$key";
let last = 0;

export const isItem = (value: Json | undefined): value is { [name: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** The things of a list; none where there is no list. */
export const items = (value: Json | undefined): readonly Item[] => (Array.isArray(value) ? value.filter(isItem) : []);

export const words = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];

export const keyOf = (item: Item): string => text(item[KEY]);

/** A copy in which every thing of a list has a key. */
export function keyed(value: Item): Item {
  return mapped(value, (item) => (KEY in item ? item : { ...item, [KEY]: String(++last) }));
}

/** A copy without them, as the server takes it. */
export function plain(value: Item): Item {
  return mapped(value, ({ [KEY]: _, ...rest }) => rest);
}

function mapped(value: Item, change: (item: Item) => Item): Item {
  return Object.fromEntries(
    Object.entries(value).map(([name, each]): [string, Json] => [
      name,
      Array.isArray(each)
        ? each.map((one) => (isItem(one) ? mapped(change(one), change) : one))
        : isItem(each)
          ? mapped(each, change)
          : each,
    ]),
  );
}

/** Whether two say the same, whatever the order of their names. */
export function same(a: Item, b: Item): boolean {
  return sorted(plain(a)) === sorted(plain(b));
}

function sorted(value: Item): string {
  return JSON.stringify(value, (_, each: Json) =>
    isItem(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  );
}

const LONGEST = 28; // of the 32 that an id may have: room for a number

/** An id that is made of a title, and not taken yet. */
export function idOf(title: string, taken: ReadonlySet<string>): string {
  const stem =
    title
      .normalize("NFKD")
      .toLowerCase()
      .replace(/\p{M}/gu, "")
      .replace(/[^a-z0-9]+/g, "-")
      .slice(0, LONGEST)
      .replace(/^-+|-+$/g, "") || "item";
  let found = stem;
  for (let number = 2; taken.has(found); number++) found = `${stem}-${number}`;
  return found;
}
