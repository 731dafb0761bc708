import { describe, expect, it } from "vitest";
import { returnsOf } from "./returns";

const one = (row: string, note: string, more: object = {}) => ({ row, note, by: "a_1", at: "1", decision: 4, changed: "", ...more });

describe("what curators give back", () => {
  it("is what they ask of this row, oldest first", () => {
    const returns = { "A-b": one("b", "Whose?"), "t-A-a-2": one("a", "Why?", { at: "2" }), "t-A-a": one("a", " Who? ", { changed: "3" }) };
    expect(returnsOf({ returns }, "a")).toEqual([
      { seed: "t-A-a", note: "Who?", changed: true },
      { seed: "t-A-a-2", note: "Why?", changed: false },
    ]);
  });

  it("is read with care, and asks nothing without words", () => {
    expect(returnsOf({ returns: { a: null, b: "x", c: ["a"], d: one("a", " "), e: { row: "a" } } }, "a")).toEqual([]);
    expect(returnsOf({}, "a")).toEqual([]);
  });
});
