import { describe, expect, it } from "vitest";
import type { Snapshot } from "../../sync";
import { addedRow, phaseOf, rowsOf } from "./rows";

const row = (order: string, more: object = {}) => ({ fields: { topic: "Travel" }, removed: false, by: "p_1", order, ...more });

describe("rows of a board", () => {
  it("stand in the order of their keys by code point, and by id where keys are the same", () => {
    const snapshot: Snapshot = { rows: { d: row("a"), c: row("B"), b: row("1"), a: row("1") } };
    expect(rowsOf(snapshot).map(({ id }) => id)).toEqual(["a", "b", "c", "d"]);
  });

  it("are the same objects as long as the board does not change them", () => {
    const first = row("1");
    const before = rowsOf({ rows: { a: first, b: row("2") } });
    const after = rowsOf({ rows: { a: first, b: row("2", { removed: true }) } });
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect(after[1]?.removed).toBe(true);
  });

  it("are read with care", () => {
    const rows = rowsOf({ rows: { a: null, b: "x", c: {}, d: { fields: { topic: 7 }, order: null } } });
    expect(rows.map(({ id, fields }) => [id, fields])).toEqual([
      ["c", {}],
      ["d", { topic: "" }],
    ]);
    expect(rowsOf({})).toEqual([]);
  });
});

describe("the phase of a board", () => {
  it("is unknown until the board is there", () => {
    expect(phaseOf({})).toBe(null);
    expect(phaseOf({ board: { main: { phase: "open" } } })).toBe("open");
    expect(phaseOf({ board: { main: { phase: "closed" } } })).toBe("closed");
  });
});

describe("an event that adds a row", () => {
  it("names it", () => {
    expect(addedRow([["rows", "k3f9", row("1")]])).toBe("k3f9");
    expect(addedRow([["pastes", "x", {}]])).toBe(undefined);
  });
});
