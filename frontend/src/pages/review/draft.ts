// A rating task that is being put together: what a page holds of it, and what the server is asked to make.

import type { Codebook, ReviewAsked, Scale } from "../../api/shapes";

export type Kind = "question" | "triple";
export const METHODS = ["random", "stratified", "near-threshold", "disagreement", "all"] as const;
export const STRATA = ["topic-type", "topic", "question_type", "value", "group"] as const;
export const STATES = ["kept", "rejected", "generated"] as const;
export const SEEDS = "seeds";

type Sample = NonNullable<ReviewAsked["sample"]>;
export type OwnScale = Exclude<NonNullable<ReviewAsked["scales"]>[number], string>;

export interface Draft {
  kind: Kind;
  of: string[];
  method: (typeof METHODS)[number];
  size: number;
  by: (typeof STRATA)[number];
  states: (typeof STATES)[number];
  chosen: boolean;
  earlier: string;
  scales: string[];
  own: OwnScale[];
  who: "all" | "named";
  raters: string[];
  share: "all" | "each" | "per_item";
  each: number;
  perItem: number;
  blind: boolean;
  fixed: boolean;
  retest: number;
  title: string;
  name: string;
  instructions: string;
}

export const begun = (kind: Kind = "question", of: string[] = [SEEDS]): Draft => ({
  kind, of, method: "random", size: 50, by: "topic-type", states: "kept", chosen: false, earlier: "", scales: [], own: [],
  who: "all", raters: [], share: "all", each: 20, perItem: 3, blind: true, fixed: false, retest: 0.1, title: "", name: "",
  instructions: "",
}); // prettier-ignore

/** What there is of a kind of rows. */
export const sourcesOf = (codebook: Codebook, kind: Kind) => codebook.sources.filter((source) => source.kinds.includes(kind));
export const scalesOf = (codebook: Codebook, kind: Kind): Scale[] => codebook.scales.filter((scale) => scale.kinds.includes(kind));

const GAP = 10; // other rows between a row and its second time, or half of a short row of them

/** How many of `rows` a rater gets a second time: as the server counts them, halves to the even number. */
export function again(rows: number, share: number): number {
  const wanted = share * rows;
  const down = Math.floor(wanted);
  const rounded = wanted - down === 0.5 ? down + (down % 2) : Math.round(wanted);
  return Math.min(rounded, rows - Math.min(GAP, Math.floor(rows / 2)));
}

/** A name for an address, from a title in any language. */
export function nameOf(title: string): string {
  const plain = title.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40).replace(/-+$/, "");
}

/** A question of one's own, from its answers, one a line, each with what has to hold after a colon. */
export function ownScale(title: string, definition: string, lines: string, ordinal: boolean, several: boolean, taken: readonly string[]): OwnScale | null {
  const found = lines.split("\n").flatMap((line) => {
    const [label = "", ...anchor] = line.split(":");
    return label.trim() === "" ? [] : [{ label: label.trim(), anchor: anchor.join(":").trim() }];
  });
  if (title.trim() === "" || new Set(found.map(({ label }) => label)).size < Math.max(2, found.length)) return null;
  const base = nameOf(title) || "own";
  let id = base;
  for (let n = 2; taken.includes(id); n += 1) id = `${base}-${n}`;
  return {
    id,
    title: title.trim(),
    definition: definition.trim(),
    level: ordinal ? "ordinal" : "nominal",
    several: several && !ordinal,
    required: !several || ordinal,
    // the step counts from 1; a kind is its own word
    options: found.map(({ label, anchor }, index) => ({ value: ordinal ? index + 1 : label.slice(0, 100), label, anchor })),
  };
}

export function asked(draft: Draft, name: string): ReviewAsked {
  const named = draft.who === "named";
  const runs = draft.of.some((source) => source !== SEEDS);
  const sample: Sample = {
    of: draft.of,
    method: draft.method,
    size: draft.method === "all" ? null : draft.size,
    by: draft.by,
    states: runs ? draft.states : "kept",
    chosen: draft.chosen && draft.of.includes(SEEDS),
    earlier: draft.method === "disagreement" ? draft.earlier : "",
  };
  return {
    name,
    kind: draft.kind,
    title: draft.title.trim(),
    sample,
    scales: [...draft.scales, ...draft.own.map((scale) => ({ ...scale, kinds: [draft.kind] }))],
    raters: named ? draft.raters : [],
    each: draft.share === "each" ? draft.each : null,
    per_item: draft.share === "per_item" && named ? draft.perItem : null,
    blind: draft.blind,
    order: draft.fixed ? "fixed" : "random",
    retest: draft.retest,
    instructions: draft.instructions.trim(),
  };
}

export type Lack = "review.no_source" | "review.no_scales" | "review.no_people";

/** What has to be chosen yet before rows can be drawn. */
export function lacks(draft: Draft): Lack | null {
  if (draft.of.length === 0) return "review.no_source";
  if (draft.scales.length + draft.own.length === 0) return "review.no_scales";
  if (draft.who === "named" && draft.raters.length === 0) return "review.no_people";
  return null;
}
