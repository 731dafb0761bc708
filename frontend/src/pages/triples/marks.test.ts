import { describe, expect, it } from "vitest";
import type { Snapshot } from "../../sync";
import { lengthOf } from "./length";
import { addedOf, marked, modelClients, pointedAt, promptOf, ratingsOf, same, spread, tagsOf } from "./marks";

const snapshot: Snapshot = {
  tags: {
    "r1:risk:exclusion": { row: "r1", of: "risk", name: "exclusion", person: "p_a", at: "2" },
    "r1:risk:fraud: a kind": { row: "r1", of: "risk", name: "fraud: a kind", person: "p_b", at: "1" },
    "r1:value:fairness": { row: "r1", of: "value", name: "fairness", person: "p_a", at: "1" },
    "r2:risk:other": { row: "r2", of: "risk", name: "other", person: "p_a", at: "1" },
    broken: null,
    nameless: { row: "r1", of: "risk", name: "", person: "", at: "" },
  },
  labels: {
    a: { of: "risks", label: "Contempt", definition: "", state: "proposed" },
    b: { of: "risks", label: "Spam", definition: "", state: "declined" },
    c: { of: "values", label: "Care", definition: "", state: "accepted" },
    d: { of: "risks", label: "", definition: "", state: "proposed" },
  },
  spans: {
    s2: { row: "r1", text: "misaligned:r1", start: { x: 1 }, end: { x: 2 }, risk: "", note: "why", person: "p_b", at: "2" },
    s1: { row: "r1", text: "misaligned:r1", start: 1, end: 2, risk: "exclusion", note: "", person: "p_a", at: "1" },
    s3: { row: "r1", text: "aligned:r1", start: 1, end: 2, risk: "", note: "", person: "p_a", at: "1" },
  },
  clients: { "7": { person: "p_a", call: null }, "9": { person: "p_a", call: "c1" }, x: null },
  ratings: {
    a: { row: "r1", scale: "aligned.grade", person: "p_a", value: 6, at: "1" },
    b: { row: "r1", scale: "aligned.grade", person: "p_b", value: 2, at: "2" },
    c: { row: "r1", scale: "aligned.label", person: "p_b", value: ["in_between", "unsure"], at: "2" },
    d: { row: "r1", scale: "aligned.grade", person: "p_c", value: null, at: "3" },
    e: { row: "r2", scale: "aligned.grade", person: "p_a", value: 1, at: "1" },
  },
  prompts: { r1: { source: "grown", parents: ["a", "b"], topic: "Travel", question_type: "how", run: "bridge-1" }, r2: "odd" },
};

describe("what people said of a row", () => {
  it("is its tags, oldest first, read with care", () => {
    expect(tagsOf(snapshot, "r1", "risk").map(({ name }) => name)).toEqual(["fraud: a kind", "exclusion"]);
    expect(tagsOf(snapshot, "r1", "value").map(({ name }) => name)).toEqual(["fairness"]);
    expect(tagsOf({}, "r1", "risk")).toEqual([]);
  });

  it("is the words they added, but for those that were declined or erased", () => {
    expect(addedOf(snapshot, "risks").map(({ label }) => label)).toEqual(["Contempt"]);
    expect([same(" Health  Risk", "health risk"), same("a", "b")]).toEqual([true, false]);
  });

  it("is the passages of one text", () => {
    expect(pointedAt(snapshot, "r1", "misaligned:r1").map(({ id }) => id)).toEqual(["s1", "s2"]);
  });

  it("is where the question comes from", () => {
    expect(promptOf(snapshot, "r1")).toEqual({ source: "grown", parents: 2, topic: "Travel", question_type: "how" });
    expect([promptOf(snapshot, "r2"), promptOf(snapshot, "r3")]).toEqual([null, null]);
  });
});

describe("judgements", () => {
  it("all stand, and none is averaged away", () => {
    const grades = ratingsOf(snapshot, "r1", "aligned.grade");
    expect(grades.map(({ person, value }) => [person, value])).toEqual([["p_a", 6], ["p_b", 2]]);
    expect(spread(grades, [1, 2, 6]).map(({ people }) => people)).toEqual([[], ["p_b"], ["p_a"]]);
    const labels = spread(ratingsOf(snapshot, "r1", "aligned.label"), ["aligned", "in_between", "unsure"]);
    expect(labels.map(({ people }) => people.length)).toEqual([0, 1, 1]);
  });
});

describe("a text with marks", () => {
  it("is cut where a passage or a model's writing begins or ends", () => {
    const found = marked(10, [{ from: 2, to: 6 }, null, { from: 4, to: 8 }], [{ from: 5, to: 10 }]);
    expect(found.map(({ from, to, model, passages }) => [from, to, model, passages])).toEqual([
      [0, 2, false, []],
      [2, 4, false, [1]],
      [4, 5, false, [1, 3]],
      [5, 6, true, [1, 3]],
      [6, 8, true, [3]],
      [8, 10, true, []],
    ]);
  });

  it("is whole without any, and nothing where there is none", () => {
    expect(marked(3, [], [])).toEqual([{ from: 0, to: 3, model: false, passages: [] }]);
    expect(marked(0, [], [])).toEqual([]);
    expect(marked(3, [{ from: 1, to: 90 }], []).map(({ to }) => to)).toEqual([1, 3]);
  });

  it("knows what models wrote by the ids that were issued for their calls", () => {
    expect(modelClients(snapshot)).toEqual(new Set([9]));
  });
});

describe("the length of a text", () => {
  it("is counted in words and in characters, in any script", () => {
    expect(lengthOf("", "en")).toEqual({ words: 0, characters: 0 });
    expect(lengthOf("Don’t go – it is 3 km!", "en")).toEqual({ words: 6, characters: 22 });
    expect(lengthOf("👩🙂", "en").characters).toBe(2);
    expect(lengthOf("日本語を話します", "ja").words).toBeGreaterThan(1);
  });
});
