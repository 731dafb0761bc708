import { describe, expect, it } from "vitest";
import { cellsOf } from "./cells";

const at = (topic: string, question_type: string): { topic: string; question_type: string } => ({ topic, question_type });

describe("the map of topic × type", () => {
  it("counts what is written, whatever its case, and takes in what the group named", () => {
    const map = cellsOf([at("travel", "Facts"), at("Travel", "facts"), at("Bees", "facts"), at("Health", "")], ["Travel", "Health"], ["facts", "advice"]);
    expect(map.topics).toEqual(["Travel", "Health", "Bees"]);
    expect(map.types).toEqual(["facts", "advice"]);
    expect(map.count("Travel", "facts")).toBe(2);
    expect(map.count("Bees", "facts")).toBe(1);
    expect(map.count("Health", "facts")).toBe(0);
    expect(map.empty).toBe(4);
  });

  it("offers the least used first, each topic and each type once", () => {
    const map = cellsOf([at("A", "x"), at("A", "y"), at("B", "x")], ["A", "B", "C"], ["x", "y", "z"]);
    expect(map.next(3)).toEqual([["C", "z"], ["B", "y"]]);
    expect(map.next(1)).toEqual([["C", "z"]]);
  });

  it("is empty where nothing is named, and offers nothing where all is written", () => {
    expect(cellsOf([], [], []).next(3)).toEqual([]);
    expect(cellsOf([at("A", "x")], ["A"], ["x"])).toMatchObject({ empty: 0 });
    expect(cellsOf([at("A", "x")], ["A"], ["x"]).next(3)).toEqual([]);
  });
});
