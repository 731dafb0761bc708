import { describe, expect, test } from "vitest";
import type { Row } from "../board/rows";
import { heapsOf, reactionsOf, steered, topicsOf } from "./notes";

const row = (id: string, fields: Record<string, string> = {}): Row => ({ id, fields, removed: false, by: "p", order: id });
const rows = [
  row("a", { prompt: "ease", cluster: "Time" }),
  row("b", { prompt: "thoughts", cluster: "tools" }),
  row("c", { prompt: "gone" }),
  row("d", { prompt: "ease", cluster: " time " }),
];
const ids = (heaps: readonly { id: string; rows: readonly Row[] }[]): [string, string][] =>
  heaps.map(({ id, rows }) => [id, rows.map((each) => each.id).join("")]);
const votes = (id: string): number => ({ b: 2, d: 1 })[id] ?? 0;

describe("heaps", () => {
  test("by prompt: each prompt has one, and notes of none come last", () => {
    expect(ids(heapsOf(rows, "prompt", ["thoughts", "challenges", "ease"], votes))).toEqual([
      ["thoughts", "b"], ["challenges", ""], ["ease", "ad"], ["", "c"],
    ]);
    expect(ids(heapsOf([], "prompt", [], votes))).toEqual([["", ""]]);
  });

  test("by topic: a name is the same however it was typed, the largest first, those without one last", () => {
    expect(ids(heapsOf(rows, "cluster", [], votes))).toEqual([["Time", "ad"], ["tools", "b"], ["", "c"]]);
    expect(topicsOf(rows)).toEqual(["Time", "tools"]);
  });

  test("by votes: most first, else as they were written", () => {
    expect(ids(heapsOf(rows, "votes", [], votes))).toEqual([["", "bdac"]]);
  });
});

test("reactions are told by row, in the order in which they came; what this page does not know is left out", () => {
  const said = (person: string, emoji: string, at: string) => ({ row: "a", person, emoji, at });
  const of = reactionsOf({
    reactions: { 1: said("q", "heart", "2"), 2: said("p", "heart", "1"), 3: said("p", "idea", "3"), 4: said("p", "rocket", "4") },
  });
  expect([...of("a")]).toEqual([["heart", ["p", "q"]], ["idea", ["p"]]]);
  expect(of("b").size).toBe(0);
});

describe("arrows", () => {
  // two lines of three and one, each 100 wide
  const box = (left: number, top: number): { left: number; top: number; width: number } => ({ left, top, width: 100 });
  const grid = [box(0, 0), box(110, 0), box(220, 0), box(0, 80)];

  test("left and right follow the reading order, over the ends of lines", () => {
    expect(steered(grid, 2, "ArrowRight")).toBe(3);
    expect(steered(grid, 3, "ArrowLeft")).toBe(2);
    expect(steered(grid, 0, "ArrowLeft")).toBe(-1);
    expect(steered(grid, 3, "ArrowRight")).toBe(-1);
  });

  test("up and down keep to the column as well as may be", () => {
    expect(steered(grid, 0, "ArrowDown")).toBe(3);
    expect(steered(grid, 2, "ArrowDown")).toBe(3);
    expect(steered(grid, 3, "ArrowUp")).toBe(0);
    expect(steered(grid, 3, "ArrowDown")).toBe(-1);
    expect(steered(grid, 1, "Enter")).toBe(-1);
  });
});
