// Changes of the set-up as people read them: the way to what changes by the names that the set-up's own pages give, and
// values as they are shown there.

import type { LessonLine } from "../../api/shapes";
import type { Json } from "../../sync";
import { say } from "../../words/words.svelte";
import { shown } from "../setup/differences";
import { SECTION, type SectionName, SECTIONS } from "../setup/sections";
import type { Around, ListSpec, Spec } from "../setup/spec";
import { isItem, type Item, items } from "../setup/values";

/** What a person reads of one change: the way there, and the field that it is of, where it is one of ours. */
export interface Told {
  readonly where: readonly string[];
  readonly spec: Spec | null;
  /** The fields of a whole item. */
  readonly item: readonly Spec[];
}

export const sectionName = (section: string): string =>
  (SECTIONS as readonly string[]).includes(section) ? say(SECTION[section as SectionName].title) : section;

/** The section as a list of things, where it is nothing else. */
function root(section: string): ListSpec | null {
  if (!(SECTIONS as readonly string[]).includes(section)) return null;
  const [only, ...more] = SECTION[section as SectionName].specs;
  return only?.kind === "list" && only.name === section && more.length === 0 ? only : null;
}

export function tell(line: LessonLine, around: Around): Told {
  let list = root(line.section);
  let specs: readonly Spec[] = (SECTIONS as readonly string[]).includes(line.section) ? SECTION[line.section as SectionName].specs : [];
  let spec: Spec | null = null;
  const where: string[] = [];
  line.where.forEach((place, index) => {
    const last = index === line.where.length - 1;
    if (list !== null) {
      where.push(stepName(list, place.name, around) ?? (place.title || place.name));
      specs = list.item;
      list = null;
      return;
    }
    const found = specs.find((each) => each.name === place.name) ?? null;
    if (found?.kind === "list") list = found;
    // a list is named by what is in it, but at the end of the way
    if (found?.kind !== "list" || last) where.push(found === null ? place.title || place.name : say(found.label));
    spec = found;
  });
  return { where, spec, item: specs };
}

const stepName = (list: ListSpec, name: string, { steps }: Around): string | null =>
  list.name === "script" ? (steps.find((step) => step.id === name)?.title ?? null) : null;

/** A value of a field in words. */
export function inWords(spec: Spec | null, value: Json | undefined, around: Around): string {
  if (spec !== null && spec.kind !== "list") return shown(spec, value, around);
  if (typeof value === "boolean") return say(value ? "set.yes" : "set.no");
  if (typeof value === "string" || typeof value === "number") return String(value);
  return Array.isArray(value) && value.length > 0 ? String(value.length) : say("set.nothing");
}

/** What a whole item says, field by field, without what is empty; of lists in it their titles. */
export function fieldsOf(specs: readonly Spec[], value: Json | undefined, around: Around): { name: string; words: string }[] {
  if (!isItem(value)) return [];
  const item = value as Item;
  return specs.flatMap((spec) => {
    const there = item[spec.name];
    if (there === undefined || there === null || there === "" || (Array.isArray(there) && there.length === 0)) return [];
    const words = spec.kind === "list" ? items(there).map((each) => spec.title(each, around)).join(" · ") : shown(spec, there, around);
    return [{ name: say(spec.label), words }];
  });
}
