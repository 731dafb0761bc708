import { describe, expect, it } from "vitest";
import type { Scale } from "../../api/shapes";
import { answered, chosen, keyOf, labelOf, missing, same } from "./answers";

const scale = (more: Partial<Scale>): Scale => ({
  id: "fit", title: "Fit", level: "ordinal", definition: "", several: false, required: true, examples: [],
  kinds: ["question"], low: null, high: null,
  options: [1, 2, 3].map((value) => ({ value, label: `step ${value}`, anchor: "" })),
  ...more,
}); // prettier-ignore
const harms = scale({ id: "harms", several: true, required: false, options: ["a", "b"].map((value) => ({ value, label: "", anchor: "" })) });

describe("an answer", () => {
  it("is one value, or several in the scale's order, and is taken away by choosing it again", () => {
    expect(chosen({ fit: 1 }, scale({}), 3)).toEqual({ fit: 3 });
    const both = chosen(chosen({}, harms, "b"), harms, "a");
    expect(both).toEqual({ harms: ["a", "b"] });
    expect(chosen(both, harms, "b")).toEqual({ harms: ["a"] });
  });

  it("is missing only where the scale asks for one, and 0 is an answer", () => {
    expect(missing([scale({}), harms], {}).map(({ id }) => id)).toEqual(["fit"]);
    expect(answered({ fit: 0 }, scale({}))).toBe(true);
    expect(answered({ harms: [] }, harms)).toBe(false);
  });

  it("is the same whatever order it was given in, and differs by its words", () => {
    const one = { values: { fit: 1, harms: [] }, critique: "", skipped: false };
    expect(same(one, { values: { fit: 1 }, critique: "", skipped: false })).toBe(true);
    expect(same(one, { ...one, critique: "no" })).toBe(false);
    expect(same(one, { ...one, values: { fit: 2 } })).toBe(false);
  });

  it("has a number key up to the tenth", () => {
    expect([0, 8, 9, 10].map(keyOf)).toEqual(["1", "9", "0", null]);
  });

  it("is shown by its label, or as it is where it has none", () => {
    expect(labelOf(scale({}), 2)).toBe("step 2");
    expect(labelOf(scale({}), "2")).toBe("step 2");
    expect(labelOf(harms, "a")).toBe("a");
    expect(labelOf(undefined, "x")).toBe("x");
  });
});
