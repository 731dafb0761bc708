import { describe, expect, test } from "vitest";
import { answeredBy, answerTo, checkInsOf, meanOf, openFor, questionsOf, ratingsOf, trainedOf, waiting } from "./facilitation";

const asked = (at: string, more: object = {}) => ({ by: "p1", group: "A", text: "May I?", at, answer: null, answered_by: null, public: false, same_as: null, ...more });

describe("questions", () => {
  const all = questionsOf({
    questions: {
      c: asked("3", { same_as: "a" }),
      a: asked("1", { answer: "Yes.", answered_by: "m", public: true }),
      b: asked("2"),
      d: asked("4", { same_as: "b" }),
      erased: asked("0", { text: null }),
    },
  });

  test("stand in the order of their asking, without those that were erased", () => {
    expect(all.map(({ id }) => id)).toEqual(["a", "b", "c", "d"]);
  });

  test("that ask the same have the other's answer, and do not wait by themselves", () => {
    expect(all.map((each) => answerTo(each, all))).toEqual(["Yes.", "", "Yes.", ""]);
    expect(waiting(all).map(({ id }) => id)).toEqual(["b"]);
  });
});

describe("a check-in", () => {
  const said = (more: object = {}) => ({ about: "fatigue", at: "1", by: "m", closed: null, groups: [], answered: { A: 1 }, counts: {}, ...more });
  const all = checkInsOf({
    checkins: { one: said(), two: said({ at: "2", groups: ["B"] }), three: said({ at: "3", closed: "2026-05-04" }) },
  });

  test("asks those of its groups until it is closed or answered", () => {
    expect(openFor(all, "A", new Set()).map(({ id }) => id)).toEqual(["one"]);
    expect(openFor(all, "B", new Set()).map(({ id }) => id)).toEqual(["two", "one"]);
    expect(openFor(all, "A", answeredBy({ answers: { "one:p1": { values: {} } } }, "p1"))).toEqual([]);
  });

  test("tells what was counted, and of few only that they are few", () => {
    const [told] = checkInsOf({ checkins: { x: said({ counts: { A: { fatigue: [0, 2, 1, 0, 0] }, B: "few" } }) } });
    const group = told?.counts.get("A");
    expect(group).not.toBe("few");
    expect(meanOf((group as ReadonlyMap<string, number[]>).get("fatigue")!)).toBeCloseTo(7 / 3);
    expect(told?.counts.get("B")).toBe("few");
    expect(meanOf([0, 0])).toBeNull();
  });
});

test("training is for the version that was confirmed", () => {
  const told = trainedOf({ training: { m: { version: 0, at: "1" } } });
  expect(told.get("m")).toBe(0);
  expect(told.get("n")).toBeUndefined();
});

test("a rating says of whom, in which session, by whom", () => {
  expect(ratingsOf({ neutrality: { "m1:s1:m2": { score: 4, text: "" } } })).toEqual([{ of: "m1", session: "s1", by: "m2", score: 4, text: "" }]);
});
