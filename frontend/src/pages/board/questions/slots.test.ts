import { describe, expect, it } from "vitest";
import { regionsOf, selected, stands } from "./slots";

describe("values of a slot", () => {
  const kind = {
    kind: "medicine",
    label: "Medicine",
    values: [
      { value: "paracetamol", regions: [], forbidden: [] },
      { value: "metamizole", regions: ["Brazil", "Germany"], forbidden: ["Sweden"] },
      { value: "aspirin", regions: [], forbidden: ["Sweden"] },
    ],
  };

  it("are allowed where they are not forbidden, and only in their regions if they have some", () => {
    expect(regionsOf(kind, ["Brazil", "Sweden", "Japan"])).toEqual([
      { region: "Brazil", allowed: ["paracetamol", "metamizole", "aspirin"], forbidden: [] },
      { region: "Sweden", allowed: ["paracetamol"], forbidden: ["metamizole", "aspirin"] },
      { region: "Japan", allowed: ["paracetamol", "aspirin"], forbidden: [] },
    ]);
  });

  it("without regions are those bound to none", () => {
    expect(regionsOf(kind, [])).toEqual([{ region: "", allowed: ["paracetamol", "aspirin"], forbidden: [] }]);
  });
});

describe("selected words", () => {
  it("are whole whichever way they were selected", () => {
    expect(selected("May I take  aspirin in Brazil?", 6, 19)).toBe("take aspirin");
    expect(selected("May I take  aspirin in Brazil?", 19, 6)).toBe("take aspirin");
    expect(selected("Why?", 2, 2)).toBe("");
  });

  it("stand in a question or not", () => {
    expect(stands("May I take\n aspirin?", "take aspirin")).toBe(true);
    expect(stands("May I take ibuprofen?", "aspirin")).toBe(false);
  });
});
