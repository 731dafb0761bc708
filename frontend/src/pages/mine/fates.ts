// What became of a row or an offer, in words and a shape.

import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleDashed from "@lucide/svelte/icons/circle-dashed";
import CirclePause from "@lucide/svelte/icons/circle-pause";
import CircleX from "@lucide/svelte/icons/circle-x";
import CornerUpLeft from "@lucide/svelte/icons/corner-up-left";
import type { Fate } from "../../api/shapes";
import { type PlainKey, say } from "../../words/words.svelte";

export const SHAPES = {
  included: CircleCheck,
  left_out: CircleX,
  returned: CornerUpLeft,
  waiting: CircleDashed,
  held: CirclePause,
} as const;

const HELD: { readonly [why: string]: PlainKey } = {
  unfinished: "fate.unfinished",
  no_consent: "fate.no_consent",
  not_asked: "fate.not_asked",
};

const RULES: { readonly [rule: string]: PlainKey } = {
  "written-by-model": "why.written_by_model",
  "missing-field": "why.missing_field",
  "too-verbose": "why.too_verbose",
  "not-sensible": "why.not_sensible",
  "same-text": "why.same_text",
  "irrelevant-value": "why.irrelevant_value",
  "exact-duplicate": "why.exact_duplicate",
  "near-duplicate": "why.near_duplicate",
  "between-pools": "why.between_pools",
  "unknown-label": "why.unknown_label",
  "unknown-value": "why.unknown_value",
};

/** Why, in a sentence for whoever wrote it: the rule's, or the words of the person who decided. */
export function reasonWords(fate: Fate): string {
  const key = RULES[fate.why ?? ""];
  if (key !== undefined) return say(key);
  return fate.reason ? say("fate.why", { reason: fate.reason }) : "";
}

export function fateWords(fate: Fate): string {
  switch (fate.state) {
    case "included":
      return say(fate.example ? "fate.included_example" : "fate.included");
    case "left_out":
      return say("fate.left_out");
    case "returned":
      return say("fate.returned");
    case "held":
      return heldWords(fate.why);
    case "waiting":
      return say(fate.why === "not_taken_up" ? "fate.not_taken_up" : "fate.waiting");
  }
}

function heldWords(why = ""): string {
  const key = HELD[why];
  return key === undefined ? say("fate.taken_back") : say(key);
}
