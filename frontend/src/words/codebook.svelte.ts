// What the server brings in English and everybody meets: the shipped scales, what rules look at, what figures note. Known
// by its own words (a scale that somebody wrote under a shipped name stays as they wrote it) or, a rule, by its id. Each
// language but English has a table, fetched when it is first needed; what stands in no table is said as it came.

import type { Scale } from "../api/shapes";
import { type Language, tongue } from "./words.svelte";

type Codebook = Readonly<Record<string, string>>;

const LOADERS: Partial<Record<Language, () => Promise<Codebook>>> = {
  pt: async () => (await import("./pt/codebook")).codebook,
};

let tables = $state.raw<Partial<Record<Language, Codebook>>>({});
const asked = new Set<Language>();

function table(): Codebook | undefined {
  const { language } = tongue;
  const load = LOADERS[language];
  if (load !== undefined && !asked.has(language)) {
    asked.add(language);
    load().then(
      (came) => (tables = { ...tables, [language]: came }),
      () => asked.delete(language), // offline: the next page asks again
    );
  }
  return tables[language];
}

/** Words that the server brings, in the language of the page where it knows them. */
export const told = (words: string): string => table()?.[words] ?? words;

/** What a rule looks at; `english` are the server's words for it, and `lang` says where those are all there is. */
export function toldOfRule(id: string, english: string): { words: string; lang: "en" | null } {
  const words = table()?.[`rule ${id}`];
  return { words: words ?? english, lang: words === undefined && tongue.language !== "en" ? "en" : null };
}

const NUMBER = /[-−]?\d[\d,.]*\d|\d/g;

/** A note of several parts with figures in them: "only 6 items: the interval is too narrow; …". */
export function noted(note: string): { words: string; lang: "en" | null } {
  const parts = note.split("; ").map((part) => {
    const pattern = table()?.[part.replace(NUMBER, "#")];
    if (pattern === undefined) return null;
    const figures = part.match(NUMBER) ?? [];
    return pattern.replace(/#/g, () => figures.shift() ?? "");
  });
  return parts.every((part) => part !== null) ? { words: parts.join("; "), lang: null } : { words: note, lang: tongue.language === "en" ? null : "en" };
}

export const toldScale = (scale: Scale): Scale => ({
  ...scale,
  title: told(scale.title),
  definition: told(scale.definition),
  examples: scale.examples.map(told),
  ...(scale.options ? { options: scale.options.map((option) => ({ ...option, label: told(option.label), anchor: told(option.anchor) })) } : {}),
});
