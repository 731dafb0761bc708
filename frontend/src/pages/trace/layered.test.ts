import { expect, test } from "vitest";
import type { Traced, TraceNode, TraceStep } from "../../api/shapes";
import { beside, FULL, layered } from "./layered";

const node = (id: string, steps: TraceStep[] = [], kind: TraceNode["kind"] = "seed"): TraceNode => ({ kind, id, what: "", state: "", texts: [], facts: [], steps });
const step = (nodes: TraceNode[], total = nodes.length): TraceStep => ({ how: "shown", kind: "seed", of: "", total, states: {}, nodes, next: total > nodes.length ? nodes.length : null });
const traced = (back: TraceStep[], forward: TraceStep[]): Traced => ({
  node: node("it", [], "row"), back, forward, faults: [],
  totals: { seeds: 0, rows: {}, judgements: 0, runs: [], releases: [], tasks: [] },
});
const author = (): TraceNode => node("P1", [], "person");

test("a person who wrote several of the seeds stands there once, with a line to each", () => {
  const picture = layered(traced([step([node("a", [step([author()])]), node("b", [step([author()])])])], []));
  expect(picture.spots.map((spot) => [spot.node?.id, spot.column])).toEqual([["it", 0], ["a", -1], ["P1", -2], ["b", -1]]);
  expect(picture.lines.map(({ from, to }) => `${from.node?.id}>${to.node?.id}`)).toEqual(["a>it", "P1>a", "b>it", "P1>b"]);
});

test("what is too much for a column is a number beneath it, and nothing overlaps", () => {
  const many = Array.from({ length: FULL + 3 }, (_, at) => node(`s${at}`));
  const picture = layered(traced([], [step(many, 2000)]));
  const rest = picture.spots.filter((spot) => spot.node === null);
  expect(rest.map((spot) => spot.rest)).toEqual([2000 - FULL]);
  expect(new Set(picture.spots.map((spot) => `${spot.x} ${spot.y}`)).size).toBe(picture.spots.length);
  expect(Math.max(...picture.spots.map((spot) => spot.y))).toBe(rest[0]?.y);
});

test("arrow keys lead to what is joined, and not off the picture", () => {
  const picture = layered(traced([step([node("a"), node("b", [step([author()])])])], [step([node("c")])]));
  const spot = (id: string): Parameters<typeof beside>[1] => picture.spots.find((each) => each.node?.id === id)!;
  expect(beside(picture, picture.focus, "ArrowRight")?.node?.id).toBe("c");
  expect(beside(picture, spot("c"), "ArrowRight")).toBeNull();
  expect(beside(picture, spot("P1"), "ArrowRight")?.node?.id).toBe("b");
  expect(beside(picture, spot("a"), "ArrowDown")?.node?.id).toBe("b");
  expect(beside(picture, spot("a"), "ArrowUp")).toBeNull();
  expect(beside(picture, spot("a"), "Enter")).toBeNull();
});
