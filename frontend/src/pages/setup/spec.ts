// What a section of the set-up is made of: a few kinds of field, and lists of things that have such fields themselves.

import type { Label } from "../../template";
import { type PlainKey, say } from "../../words/words.svelte";
import { type Item, items, text, words } from "./values";

interface Base {
  readonly name: string;
  readonly label: PlainKey;
  readonly hint?: PlainKey;
}

export interface TextSpec extends Base {
  readonly kind: "text";
  readonly max: number;
  readonly required?: boolean;
  readonly pattern?: RegExp;
  /** What is said where the pattern does not fit. */
  readonly wrong?: PlainKey;
}

export interface LongSpec extends Base {
  readonly kind: "long";
  readonly max: number;
  readonly required?: boolean;
}

export interface NumberSpec extends Base {
  readonly kind: "number";
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  /** It may be left empty. */
  readonly optional?: boolean;
}

export interface Option {
  readonly value: string;
  readonly text: string;
}

export interface ChoiceSpec extends Base {
  readonly kind: "choice";
  readonly options: (around: Around) => readonly Option[];
}

export interface FlagSpec extends Base {
  readonly kind: "flag";
}

/** Several of a few. */
export interface SetSpec extends Base {
  readonly kind: "set";
  readonly options: (around: Around) => readonly Option[];
  /** A neighbour of the same kind that must not name the same. */
  readonly apart?: string;
}

/** Short texts, one a line. */
export interface LinesSpec extends Base {
  readonly kind: "lines";
  readonly most: number;
  readonly max: number;
}

export interface ListSpec extends Base {
  readonly kind: "list";
  readonly item: readonly Spec[];
  readonly title: (item: Item, around: Around) => string;
  /** What is said beside the title. */
  readonly note?: (item: Item, around: Around) => string;
  readonly make: () => Item;
  readonly add: PlainKey;
  readonly empty: PlainKey;
  readonly most: number;
  readonly least?: number;
  /** The field that no two things of the list may have alike. */
  readonly unique?: string;
  /** So short that its fields stand in the list itself. */
  readonly flat?: boolean;
}

export type Spec = TextSpec | LongSpec | NumberSpec | ChoiceSpec | FlagSpec | SetSpec | LinesSpec | ListSpec;

/** What a field may have to know of the rest. */
export interface Around {
  readonly values: readonly Label[];
  readonly endpoints: readonly string[];
  /** The groups that the study has. */
  readonly groups: readonly string[];
  /** The steps of the programme. */
  readonly steps: readonly { readonly id: string; readonly title: string }[];
  /** The section as it stands. */
  readonly root: Item;
}

/** What is wrong with a field of `item`, as a sentence; null where nothing is. `among` are the things of its list. */
export function fault(spec: Spec, item: Item, around: Around, among: readonly Item[] = [], unique?: string): string | null {
  const value = item[spec.name];
  switch (spec.kind) {
    case "text":
    case "long": {
      const written = text(value).trim();
      if (spec.required && written === "") return say("set.fault_empty");
      if (spec.kind === "text" && written !== "" && spec.pattern && !spec.pattern.test(written))
        return say(spec.wrong ?? "set.fault_empty");
      if (spec.name === unique && among.some((other) => other !== item && alike(text(other[spec.name]), written)))
        return say("set.fault_twice");
      return null;
    }
    case "number":
      if (spec.optional && value === null) return null;
      return typeof value === "number" && value >= spec.min && value <= spec.max
        ? null
        : say("set.fault_number", { min: spec.min, max: spec.max });
    case "set": {
      const known = new Set(spec.options(around).map((option) => option.value));
      const gone = words(value).find((each) => !known.has(each));
      if (gone !== undefined) return say("set.fault_gone", { name: gone });
      const both = spec.apart === undefined ? undefined : words(value).find((each) => words(item[spec.apart ?? ""]).includes(each));
      return both === undefined ? null : say("set.fault_both", { name: both });
    }
    case "lines": {
      const lines = words(value);
      const long = lines.find((line) => line.length > spec.max);
      if (long !== undefined) return say("set.fault_long", { n: spec.max });
      if (lines.length > spec.most) return say("set.fault_many", { n: spec.most });
      return new Set(lines).size < lines.length ? say("set.fault_twice") : null;
    }
    case "list":
      return items(value).length < (spec.least ?? 0) ? say("set.fault_none") : null;
    default:
      return null;
  }
}

const alike = (a: string, b: string): boolean => a.trim().toLocaleLowerCase() === b.toLocaleLowerCase();

/** Whether something is wrong anywhere in `item`. */
export function faulty(specs: readonly Spec[], item: Item, around: Around, among: readonly Item[] = [], unique?: string): boolean {
  return specs.some((spec) => {
    if (fault(spec, item, around, among, unique) !== null) return true;
    if (spec.kind !== "list") return false;
    const things = items(item[spec.name]);
    return things.some((thing) => faulty(spec.item, thing, around, things, spec.unique));
  });
}
