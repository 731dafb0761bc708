// What two editions of a section do not have alike, in words: for who has to choose between theirs and their own.

import type { Json } from "../../sync";
import { say, sayList } from "../../words/words.svelte";
import type { Around, Spec } from "./spec";
import { type Item, items, same, text, words } from "./values";

export interface Difference {
  /** Where it is: the titles on the way there. */
  readonly where: readonly string[];
  readonly mine: string;
  readonly theirs: string;
}

export function differences(specs: readonly Spec[], mine: Item, theirs: Item, around: Around): Difference[] {
  const found: Difference[] = [];
  for (const spec of specs) {
    const [a, b] = [mine[spec.name], theirs[spec.name]];
    const name = say(spec.label);
    if (spec.kind !== "list") {
      if (JSON.stringify(a ?? null) !== JSON.stringify(b ?? null))
        found.push({ where: [name], mine: shown(spec, a, around), theirs: shown(spec, b, around) });
      continue;
    }
    const [ours, others] = [items(a), items(b)];
    const taken = new Set<Item>();
    const pairs = ours.map((one, index) => {
      const other = others.find((each) => nameOf(each) !== "" && nameOf(each) === nameOf(one)) ?? (nameOf(one) === "" ? others[index] : undefined);
      if (other !== undefined) taken.add(other);
      return [one, other] as const;
    });
    const titled = (item: Item): string => spec.title(item, around) || say("set.untitled");
    for (const [one, other] of pairs) {
      if (other === undefined) found.push({ where: [name, titled(one)], mine: say("set.there"), theirs: say("set.not_there") });
      else if (!same(one, other))
        for (const each of differences(spec.item, one, other, around))
          found.push({ ...each, where: [name, titled(one), ...each.where] });
    }
    for (const other of others)
      if (!taken.has(other)) found.push({ where: [name, titled(other)], mine: say("set.not_there"), theirs: say("set.there") });
    const common = pairs.flatMap(([, other]) => (other === undefined ? [] : [other]));
    if (common.some((other, index) => index > 0 && others.indexOf(other) < others.indexOf(common[index - 1] ?? other)))
      found.push({ where: [name], mine: sayList(ours.map(titled)), theirs: sayList(others.map(titled)) });
  }
  return found;
}

const nameOf = (item: Item): string => text(item["id"]) || text(item["kind"]) || text(item["group"]) || text(item["value"]);

export function shown(spec: Spec, value: Json | undefined, around: Around): string {
  if (spec.kind === "flag") return say(value === true ? "set.yes" : "set.no");
  if (spec.kind === "choice") return spec.options(around).find((option) => option.value === value)?.text ?? text(value);
  if (Array.isArray(value)) return sayList(words(value)) || say("set.nothing");
  return (typeof value === "number" ? String(value) : text(value)) || say("set.nothing");
}
