// Steps, things and states of lineage in words. What a newer server adds has no phrase, and is shown as it is.

import type { TraceNode, TraceStep } from "../../api/shapes";
import { say, sayTime, type PlainKey } from "../../words/words.svelte";
import { en } from "./known";

export type Way = "back" | "forward";

const or = (key: string, otherwise: string): string => (key in en ? say(key as PlainKey) : otherwise);

export const how = (step: TraceStep, way: Way): string =>
  way === "back" ? or(`trace.back_${step.how}`, step.how) : or(`trace.forward_${step.how}`, step.how);
export const stateName = (name: string): string => or(`trace.state_${name}`, name);
export const fact = (name: string): string => or(`trace.fact_${name}`, name);

export function what(node: TraceNode): string {
  return or(`trace.what_${node.kind}_${node.what}`, or(`trace.what_${node.kind}`, node.kind));
}

export function part(name: string): string {
  return name === "misaligned" || name === "critique" || name === "aligned" ? say(`column.${name}`) : or(`trace.part_${name}`, name);
}

/** "20 rows of questions: 10 kept, 10 rejected". */
export function count(step: TraceStep): string {
  const n = say(`trace.kind_${step.kind}`, { n: step.total });
  const states = Object.entries(step.states).map(([name, each]) => `${each} ${stateName(name)}`);
  return `${n}${step.of && step.kind !== "board_row" ? ` (${step.of})` : ""}${states.length > 1 ? `: ${states.join(", ")}` : ""}`;
}

export const told = (name: string, value: string): string => (name === "at" ? sayTime(value) : value);
export const words = (node: TraceNode): string => node.texts[0]?.text ?? "";
/** What an address names it by. */
export const keyOf = (node: { kind: string; id: string }): string => `${node.kind}:${node.id}`;
