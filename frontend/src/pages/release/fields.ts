// The fields of a release's form, by the names that study.toml has for them.

import type { ReleaseForm } from "../../api/shapes";
import { type PlainKey, say } from "../../words/words.svelte";

export type Field = keyof ReleaseForm;
export const LAYERS = ["foundation", "subfloor", "surface"] as const;
export const CHECKS = ["include_human_questions", "include_human_pairs", "include_surplus", "include_reasons"] as const;

const NAMES: Record<string, PlainKey> = {
  pretty_name: "prepare.pretty_name",
  description: "prepare.description",
  license: "prepare.license",
  creator: "prepare.creator",
  contact: "prepare.contact",
  url: "prepare.url",
  languages: "prepare.languages",
  k: "prepare.k",
  validation: "prepare.validation",
  test: "prepare.test",
  scope: "prepare.scope",
};

/** A field's label, or its name in study.toml where no page shows it. */
export function fieldName(name: string): string {
  const key = NAMES[name];
  return key === undefined ? name : say(key);
}

/** What is wrong with a field, as the server said it. */
export interface Wrong {
  readonly why: "wrong" | "fixed";
  readonly said?: string;
  readonly near?: string;
}

/** By field, from what a refusal carries. */
export function wrongOf(detail: unknown): Readonly<Partial<Record<Field, Wrong>>> {
  return detail !== null && typeof detail === "object" && "fields" in detail ? (detail.fields as Partial<Record<Field, Wrong>>) : {};
}
