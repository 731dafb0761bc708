// What curation calls things, in words: states with their shapes, fields, acts, places.

import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleDashed from "@lucide/svelte/icons/circle-dashed";
import CirclePause from "@lucide/svelte/icons/circle-pause";
import CircleX from "@lucide/svelte/icons/circle-x";
import CornerUpLeft from "@lucide/svelte/icons/corner-up-left";
import type { CurationRow } from "../../api/shapes";
import { type PlainKey, say, sayList, tongue } from "../../words/words.svelte";
import { act, decimal, plain, rule } from "../road/labels";
import type { Act, Done } from "./desk.svelte";
import type { FilterField } from "./filter";

export type State = CurationRow["state"];

export const SHAPES = {
  included: CircleCheck,
  excluded: CircleX,
  held: CirclePause,
  returned: CornerUpLeft,
  undecided: CircleDashed,
} as const;

/** Fields of a row's words, in the order in which they are read. */
export const TEXTS = {
  question: ["text", "persona", "scenario"],
  triple: ["prompt", "misaligned", "critique", "aligned"],
} as const;

const FIELD: Record<string, PlainKey> = {
  text: "column.question",
  persona: "curate.persona",
  scenario: "curate.scenario",
  prompt: "column.question",
  misaligned: "column.misaligned",
  critique: "column.critique",
  aligned: "column.aligned",
  question: "column.question",
  topic: "curate.field_topic",
  question_type: "curate.field_question_type",
};

export const fieldName = (field: string): string => {
  const key = FIELD[field];
  return key === undefined ? plain(field) : say(key);
};

/** A value of a filter in words. `label` is the server's name of it, where it has one. */
export function valueName(field: FilterField, value: string, label: string): string {
  if (value === "") return say("curate.without");
  const key = VALUES[`${field}.${value}`];
  if (key !== undefined) return say(key);
  if (field === "flag") return rule(value);
  return label === value && field !== "author" && field !== "group" ? plain(value) : label;
}

const VALUES: Record<string, PlainKey> = {
  "kind.question": "curate.kind_question",
  "kind.triple": "curate.kind_triple",
  "state.included": "curate.state_included",
  "state.excluded": "curate.state_excluded",
  "state.held": "curate.state_held",
  "state.returned": "curate.state_returned",
  "state.undecided": "curate.state_undecided",
  "pool.alignment": "curate.pool_alignment",
  "pool.evaluation": "curate.pool_evaluation",
  "use.train": "curate.use_train",
  "use.test": "curate.use_test",
  "use.rephrase": "curate.use_rephrase",
  "nuanced.yes": "curate.yes",
  "nuanced.no": "curate.no",
  "chosen.yes": "curate.yes",
  "chosen.no": "curate.no",
  "edited.yes": "curate.yes",
  "edited.no": "curate.no",
  "edited.overtaken": "curate.overtaken",
  "written_by.human": "writer.human",
  "written_by.model": "writer.model",
  "written_by.model-edited-by-human": "writer.edited",
  "written_by.unknown": "writer.unknown",
};

const ASPECTS: Record<string, PlainKey> = {
  topic: "curate.field_topic",
  question_type: "curate.field_question_type",
  value: "curate.field_value",
  group: "curate.field_group",
  author: "curate.field_author",
  cell: "curate.cell_alone",
};

/** What the choice balances, in words. */
export const aspectName = (aspect: string): string => {
  const key = ASPECTS[aspect];
  return key === undefined ? plain(aspect) : say(key);
};

export const sayNumber = (n: number): string => new Intl.NumberFormat(tongue.locale).format(n);

/** A measured value as a note shows it, or "". */
export const measure = (value: number | string | null): string =>
  value === null ? "" : typeof value === "number" ? decimal(value) : value.split(",").map(fieldName).join(", ");

/** "Exclude: q12" and the like, of what was done or taken back. */
export function doneWords(what: Done, undone: boolean): string {
  const name = act(what.act);
  if (what.batch !== undefined) return say(undone ? "curate.undone_all" : "curate.done_all", { act: name, n: what.n });
  return say(undone ? "curate.undone" : "curate.done", { act: name, id: what.subject });
}

/** The acts of a bulk act; those of one made by a program may be several. */
export const acts = (names: readonly string[]): string => sayList(names.map(act));

export const needsReason = (name: Act): boolean => name !== "nuanced" && name !== "select" && name !== "use";
