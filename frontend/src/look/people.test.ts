import { describe, expect, it } from "vitest";
import { hue, initials } from "./people";

describe("a person's mark", () => {
  it.each([
    ["Ana", "AN"],
    ["Ana Lima", "AL"],
    ["ana maria de lima", "AL"],
    ["Jean-Luc", "JL"],
    ["李", "李"],
    ["👩‍🌾 Rosa", "👩‍🌾R"],
    ["e\u0301lise", "E\u0301L"],
    ["  ", "?"],
  ])("%s", (name, wanted) => {
    expect(initials(name)).toBe(wanted);
  });

  it("has one of eight hues, the same at every look, and uses all of them", () => {
    const hues = Array.from({ length: 200 }, (_, index) => hue(`p_${index.toString(32)}`));
    expect(new Set(hues)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8]));
    expect(hue("p_abcdefghij")).toBe(hue("p_abcdefghij"));
  });
});
