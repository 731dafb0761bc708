import { describe, expect, it } from "vitest";
import { again, asked, begun, lacks, nameOf, ownScale } from "./draft";

describe("a rating task that is being put together", () => {
  it.each([
    ["Relevance, first round", "relevance-first-round"],
    ["Avaliação das sementes", "avaliacao-das-sementes"],
    ["  –  ", ""],
    ["تقييم", ""],
    ["x".repeat(80), "x".repeat(40)],
  ])("%s is called %s in addresses", (title, name) => {
    expect(nameOf(title)).toBe(name);
  });

  it("asks a question of one's own, in kinds or in steps", () => {
    const kinds = ownScale("Tone?", "", "warm\ncold: as to a stranger: or worse\n\n", false, true, ["tone"]);
    expect(kinds).toMatchObject({ id: "tone-2", level: "nominal", several: true, required: false });
    expect(kinds?.options).toEqual([
      { value: "warm", label: "warm", anchor: "" },
      { value: "cold", label: "cold", anchor: "as to a stranger: or worse" },
    ]);
    const steps = ownScale("How long?", "", "short\nlong", true, true, []);
    expect(steps).toMatchObject({ level: "ordinal", several: false, required: true });
    expect(steps?.options?.map(({ value }) => value)).toEqual([1, 2]);
    expect(ownScale("Tone?", "", "warm\nwarm", false, false, [])).toBeNull();
    expect(ownScale("", "", "warm\ncold", false, false, [])).toBeNull();
  });

  it("sends what was chosen, and nothing that does not go with it", () => {
    const draft = { ...begun(), scales: ["relevance"], method: "all" as const, earlier: "old", chosen: true, of: ["plain"], states: "rejected" as const, share: "per_item" as const };
    expect(asked(draft, "a")).toMatchObject({
      name: "a", per_item: null, raters: [], order: "random",
      sample: { of: ["plain"], size: null, earlier: "", chosen: false, states: "rejected" },
    }); // prettier-ignore
  });

  it("counts what comes a second time as the server does", () => {
    expect([10, 5, 15, 50, 3, 1, 0].map((rows) => again(rows, 0.1))).toEqual([1, 0, 2, 5, 0, 0, 0]);
    expect([again(4, 1), again(30, 1), again(20, 0)]).toEqual([2, 20, 0]);
  });

  it("says what is lacking", () => {
    const draft = { ...begun(), scales: ["relevance"] };
    expect(lacks(draft)).toBeNull();
    expect(lacks({ ...draft, of: [] })).toBe("review.no_source");
    expect(lacks({ ...draft, scales: [] })).toBe("review.no_scales");
    expect(lacks({ ...draft, who: "named" })).toBe("review.no_people");
  });
});
