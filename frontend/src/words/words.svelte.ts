// What the pages say, in the language of the person. One catalogue is loaded, the other only when asked for. What only the
// desk says comes when a page of the desk is opened: participants never fetch it; what is said between a group and its
// moderators (the hall) once the writing has begun; and the words of session 2 with it.

import { keep, kept } from "../look/kept";
import type { en } from "./en";
import type { desk } from "./en/desk";
import { filled, type PhraseValues } from "./phrase";

type English = typeof en & typeof desk;
export type Key = keyof English;
/** A sentence, or its forms for one and for several. */
export type Phrase<P> = P extends string ? string : { one: string; other: string };
/** A catalogue of another language that says the same things. */
export type Same<C> = { readonly [K in keyof C]: Phrase<C[K]> };
export type Catalogue = Same<English>;

type Holes<S> = S extends `${string}{${infer Hole}}${infer Rest}` ? Hole | Holes<Rest> : never;
type Needed<K extends Key> = English[K] extends { other: infer S } ? Holes<S> | "n" : Holes<English[K]>;
/** A key whose sentence needs no values. */
export type PlainKey = { [K in Key]: [Needed<K>] extends [never] ? K : never }[Key];
type Values<K extends Key> = [Needed<K>] extends [never] ? [] : [Record<Needed<K>, string | number>];

export const LANGUAGES = { en: "English", pt: "Português" } as const;
export type Language = keyof typeof LANGUAGES;

const LOADERS: Record<Language, () => Promise<Same<typeof en>>> = {
  en: async () => (await import("./en")).en,
  pt: async () => (await import("./pt")).pt,
};

// the desk says all that the others say, and more
const MORE = {
  desk: {
    en: async () => (await import("./en/desk")).desk,
    pt: async () => (await import("./pt/desk")).desk,
  },
  hall: {
    en: async () => (await import("./en/hall")).hall,
    pt: async () => (await import("./pt/hall")).hall,
  },
  mine: {
    en: async () => (await import("./en/mine")).mine,
    pt: async () => (await import("./pt/mine")).mine,
  },
  second: {
    en: async () => (await import("./en/second")).second,
    pt: async () => (await import("./pt/second")).second,
  },
} satisfies { [part: string]: Record<Language, () => Promise<Partial<Catalogue>>> };
type More = keyof typeof MORE;

let language = $state<Language>("en");
let locale = $state("en");
let catalogue = $state.raw<Partial<Catalogue> | null>(null);
const also = new Set<More>();

/** The person's own choice, else the first of the browser's languages that we speak, else English. */
export function preferred(): Language {
  const wanted = [kept("language"), ...navigator.languages];
  for (const each of wanted) {
    const short = each?.slice(0, 2).toLowerCase();
    if (short !== undefined && short in LANGUAGES) return short as Language;
  }
  return "en";
}

export async function speak(next: Language): Promise<void> {
  const [base, ...more] = await Promise.all([LOADERS[next](), ...[...also].map((part) => MORE[part][next]())]);
  catalogue = Object.assign({}, base, ...more) as Partial<Catalogue>;
  language = next;
  // en-GB and pt-PT write dates otherwise than en and pt: the browser's own variety, where it has one
  locale = navigator.languages.find((each) => each.toLowerCase().startsWith(next)) ?? next;
  document.documentElement.lang = locale;
}

/** From now on what is said there is there too. */
export async function speakAlso(part: More): Promise<void> {
  if (also.has(part) || also.has("desk")) return;
  const more = await MORE[part][language]();
  also.add(part);
  catalogue = { ...catalogue, ...more };
}

export async function chooseLanguage(next: Language): Promise<void> {
  keep("language", next);
  await speak(next);
}

export const tongue = {
  get language(): Language {
    return language;
  },
  get locale(): string {
    return locale;
  },
};

export function say<K extends Key>(key: K, ...values: Values<K>): string {
  return fill(key, values[0]);
}

/** The sentence of a code that the server sent; `unknown` names a code that no catalogue knows. */
export function sayCode(code: string): string {
  const key = `code.${code}`;
  return catalogue !== null && key in catalogue ? fill(key as Key, undefined) : fill("code.unknown", { code });
}

function fill(key: Key, values: PhraseValues | undefined): string {
  const phrase = catalogue?.[key];
  return phrase === undefined ? "" : filled(phrase, values ?? {}, locale);
}

/** A moment as people say it: the time today, else the day too. */
export function sayTime(at: string | number | Date, seconds = false): string {
  const moment = new Date(at);
  const today = moment.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(locale, {
    ...(today ? {} : { day: "numeric", month: "short" }),
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
  }).format(moment);
}

export function sayDate(at: string | number | Date): string {
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" }).format(new Date(at));
}

/** "Ana, Bo and Chi" */
export function sayList(names: readonly string[]): string {
  return new Intl.ListFormat(locale, { type: "conjunction" }).format(names);
}
