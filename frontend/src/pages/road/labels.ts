// Names that the server gives in a form for programs, as a page shows them.

import type { SeedRow } from "../../api/shapes";
import { type PlainKey, say, tongue } from "../../words/words.svelte";

/** "understanding_social_status" as words. */
export const plain = (id: string): string => id.replaceAll("_", " ").replaceAll("-", " ");

const WRITERS: Record<string, PlainKey> = {
  human: "writer.human",
  model: "writer.model",
  "model-edited-by-human": "writer.edited",
  unknown: "writer.unknown",
};

/** Whose words a row holds: one answer where all its fields agree. */
export function writers(row: Pick<SeedRow, "written_by">): string {
  const named = [...new Set(Object.values(row.written_by))].map((writer) => {
    const key = WRITERS[writer];
    return key === undefined ? writer : say(key);
  });
  return named.join(", ");
}

const ACTS: Record<string, PlainKey> = {
  include: "act.include",
  exclude: "act.exclude",
  retag: "act.retag",
  pool: "act.pool",
  select: "act.select",
  flag: "act.flag",
  undo: "act.undo",
  edit: "act.edit",
  merge: "act.merge",
  return: "act.return",
  use: "act.use",
  nuanced: "act.nuanced",
  dismiss: "act.dismiss",
};

/** What a decision of curation does. */
export function act(name: string): string {
  const key = ACTS[name];
  return key === undefined ? plain(name) : say(key);
}

// what an act says of itself while it is at work
const WORK: Record<string, PlainKey> = {
  "opening the model": "work.model",
  "waiting for the endpoint": "work.waiting",
  generating: "work.generating",
  curating: "work.curating",
  choosing: "work.choosing",
  "parsing questions": "work.parsing_questions",
  "comparing seeds": "work.comparing_seeds",
  "embedding seeds": "work.embedding_seeds",
  "comparing meanings": "work.meanings",
  "applying rules": "work.rules",
  reading: "work.reading",
  "reading rows": "work.reading",
  "comparing the pools": "work.pools",
  parting: "work.parting",
  comparing: "work.comparing",
  embedding: "work.embedding",
  parsing: "work.parsing",
  "checking grammar": "work.grammar",
  "drawing figures": "work.drawing",
  "writing figures": "work.figures",
  "laying out": "work.layout",
  rows: "work.rows",
  describing: "work.describing",
  parquet: "work.parquet",
  "cross-validating": "work.crossval",
  measuring: "work.measuring",
  "measuring rows": "work.measuring",
  testing: "work.testing",
  "looking through runs": "work.walking",
  "withdrawing rows": "work.withdrawing",
  people: "work.erasing_people",
};

/** What a job is at; what has no phrase is shown as the server says it. */
export function work(what: string): string {
  const key = WORK[what];
  return key === undefined ? what : say(key);
}

const FEATURES: Record<string, PlainKey> = {
  tokens: "feature.tokens",
  "question-mark": "feature.question_mark",
  "openness-a": "feature.openness_a",
  "openness-b": "feature.openness_b",
  topic: "feature.topic",
  "question-type": "feature.question_type",
  "verb-noun": "feature.verb_noun",
  "misaligned-tokens": "feature.misaligned_tokens",
  "aligned-tokens": "feature.aligned_tokens",
};

/** A feature that is tested; `words` are the server's, for one that has no phrase. */
export function feature(name: string, words: string): string {
  const key = FEATURES[name];
  return key === undefined ? words : say(key);
}

const RULES: Record<string, PlainKey> = {
  "written-by-model": "rule.written_by_model",
  "missing-field": "rule.missing_field",
  "too-verbose": "rule.too_verbose",
  "not-sensible": "rule.not_sensible",
  "same-text": "rule.same_text",
  "irrelevant-value": "rule.irrelevant_value",
  "exact-duplicate": "rule.exact_duplicate",
  "irrelevant-to-profile": "rule.irrelevant_to_profile",
  "label-drift": "rule.label_drift",
  "edit-overtaken": "rule.edit_overtaken",
  "near-duplicate": "rule.near_duplicate",
  "between-pools": "rule.between_pools",
  "unknown-label": "rule.unknown_label",
  "unknown-value": "rule.unknown_value",
  "no-verb-noun": "rule.no_verb_noun",
  "duplicate-topic-in-group": "rule.duplicate_topic_in_group",
  undecided: "rule.undecided",
  evaluation: "curate.evaluation",
  held: "rule.held",
  "not-chosen": "rule.not_chosen",
  "balanced-choice": "rule.choice",
  "stratified-choice": "rule.choice",
  "manual-choice": "rule.choice",
  person: "rule.by_person",
};

/** A rule of curation, or another step at which seeds are left. */
export function rule(id: string): string {
  const key = RULES[id];
  return key === undefined ? plain(id) : say(key);
}

const STATES: Record<string, PlainKey> = {
  complete: "run.is_complete",
  unfinished: "run.is_unfinished",
  "not begun": "run.is_not_begun",
  damaged: "run.is_damaged",
};

const STAGES: Record<string, PlainKey> = {
  questions: "run.of_questions",
  triples: "run.of_triples",
  topics: "run.of_topics",
  imported: "run.of_imported",
};

/** How a run stands. */
export function runState(state: string): string {
  const key = STATES[state];
  return key === undefined ? state : say(key);
}

/** What a run makes. */
export function stageName(stage: string): string {
  const key = STAGES[stage];
  return key === undefined ? stage : say(key);
}

export const percent = (share: number): string =>
  new Intl.NumberFormat(tongue.locale, { style: "percent", maximumFractionDigits: 1 }).format(share);

export const decimal = (value: number): string =>
  new Intl.NumberFormat(tongue.locale, { maximumFractionDigits: Math.abs(value) < 10 ? 3 : 1 }).format(value);

const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

export function size(bytes: number): string {
  const step = Math.min(SIZES.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const unit = SIZES[step] ?? "byte";
  return new Intl.NumberFormat(tongue.locale, { style: "unit", unit, maximumFractionDigits: 1 }).format(bytes / 1000 ** step);
}
