import { describe, expect, it } from "vitest";
import { filters, NO_FILTER, searchOf, toggled, viewOf, WHOLE } from "./filter";

describe("a view of the table", () => {
  it("is the whole table where the address asks for nothing, and asks for nothing there", () => {
    expect(viewOf("")).toEqual(WHOLE);
    expect(searchOf(WHOLE)).toBe("");
  });

  it("comes back from its address, whatever the words", () => {
    const view = {
      filter: { ...NO_FILTER, q: "50 % & more", state: ["held", "returned"], topic: ["", "são paulo"], flag: ["near-duplicate"] },
      sort: "measured", descending: true, offset: 200, seed: "A/q 1#ü",
    } as const; // prettier-ignore
    expect(viewOf(searchOf(view))).toEqual(view);
  });

  it.each(["?sort=nothing", "?from=zzz", "?from=-5", "?from=0.5", "?unknown=1"])("does without what it does not know: %s", (search) => {
    expect(viewOf(search)).toEqual(WHOLE);
  });

  it("takes a value in and out", () => {
    const one = toggled(NO_FILTER, "state", "held");
    expect(one.state).toEqual(["held"]);
    expect(filters(one)).toBe(true);
    expect(toggled(one, "state", "held")).toEqual(NO_FILTER);
    expect(filters(NO_FILTER)).toBe(false);
  });
});
