import { describe, expect, it } from "vitest";
import { type Asked, asks, hintsOf, similarity, wordsOf } from "./hints";

const row = (id: string, text: string, more: Partial<Asked> = {}): Asked => ({
  id, text, topic: "", question_type: "", task: "", ...more,
});
const kinds = (asked: readonly Asked[], verbNoun?: Map<string, boolean | null>): Record<string, string[]> =>
  Object.fromEntries([...hintsOf(asked, verbNoun)].map(([id, hints]) => [id, hints.map(({ kind }) => kind)]));

describe("topics", () => {
  it("that come again are told to the later row, whatever their case, width and spaces", () => {
    const hints = hintsOf([
      row("a", "", { topic: "Public  health" }),
      row("b", "", { topic: "Travel" }),
      row("c", "", { topic: " public health " }),
      row("d", "", { topic: "ｔｒａｖｅｌ" }),
    ]);
    expect(hints.get("c")).toEqual([{ kind: "same_topic", row: "c", other: "a" }]);
    expect(hints.get("d")).toEqual([{ kind: "same_topic", row: "d", other: "b" }]);
    expect([...hints.keys()]).toEqual(["c", "d"]);
  });

  it("with the same type are one cell", () => {
    const cell = { topic: "Travel", question_type: "giving advice" };
    expect(kinds([row("a", "", cell), row("b", "", { ...cell, question_type: "facts" }), row("c", "", cell)])).toEqual({
      b: ["same_topic"],
      c: ["same_cell"],
    });
  });

  it("that nobody named are no duplicates", () => {
    expect(kinds([row("a", ""), row("b", "")])).toEqual({});
  });
});

describe("questions that are nearly the same", () => {
  it.each([
    ["Where should I travel with only a thousand dollars?", "where should I travel, with only a thousand dollars"],
    ["كيف أخبر صديقي أنني لا أستطيع الحضور؟", "كيف أخبر صديقتي أنني لا أستطيع الحضور؟"],
    ["私は千ドルでどこへ旅行できますか。", "私は千ドルでどこに旅行できますか？"],
    ["Куда мне поехать отдыхать летом с детьми?", "Куда мне поехать отдыхать зимой с детьми?"],
    ["¿Adónde puedo viajar con mil dólares?", "Adónde puedo viajar con mil dólares"],
  ])("%s", (one, other) => {
    expect(kinds([row("a", one), row("b", other)])["b"]).toContain("near_duplicate");
  });

  it.each([
    ["Where should I travel with a thousand dollars?", "How do I tell my boss that I am ill?"],
    ["What is love?", "What is money?"],
    ["私は千ドルでどこへ旅行できますか。", "友達にどう伝えればいいですか？"],
    ["", ""],
    ["🙂🙂🙂", "🙂🙂🙂"],
  ])("are not %s and another", (one, other) => {
    expect(kinds([row("a", one), row("b", other)])["b"] ?? []).not.toContain("near_duplicate");
  });

  it("are as alike one way as the other", () => {
    const [one, other] = ["a b c d", "b c d e f"];
    expect(similarity(one, other)).toBe(similarity(other, one));
    expect(similarity(one, other)).toBeCloseTo(3 / 6);
    expect(similarity(one, one)).toBe(1);
  });

  it("are found among two hundred in little time", () => {
    const many = Array.from({ length: 200 }, (_, index) => row(`r${index}`, `Question number ${index} about thing ${index} ?`));
    const begun = performance.now();
    hintsOf(many);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});

describe("a question", () => {
  it.each([
    "Why?", "为什么？", "لماذا؟", "Ինչու՞", "ለምን፧", "Γιατί;", "Γιατί\u037e", "どうしてですか。", "ทำไม", "¿Por qué?", "Really⁈",
  ])("asks: %s", (text) => {
    expect(asks(text)).toBe(true);
  });

  it.each(["Tell me why.", "First this; then that.", "告诉我为什么", ""])("does not: %s", (text) => {
    expect(asks(text)).toBe(false);
  });

  it("is not asked for a sign while it is begun, nor where the task is another", () => {
    expect(kinds([row("a", "Tell me")])).toEqual({});
    expect(kinds([row("a", "Tell me about the sea")])).toEqual({ a: ["no_question_mark"] });
    expect(kinds([row("a", "Tell me about the sea", { task: "question" })])).toEqual({ a: ["no_question_mark"] });
    expect(kinds([row("a", "Summarise this letter", { task: "summarise" })])).toEqual({});
  });

  it("lacks a verb with its noun only where the server is sure", () => {
    const asked = ["a", "b", "c"].map((id) => row(id, `And then what of ${id}, really?`));
    const said = new Map([["a", false], ["b", null], ["c", true]] as const);
    const hints = hintsOf(asked, said);
    expect([...hints.values()].flat().filter(({ kind }) => kind === "no_verb_noun")).toEqual([{ kind: "no_verb_noun", row: "a" }]);
  });
});

it("knows the words of a text, not its signs", () => {
  expect([...wordsOf("Why, oh WHY?  ")]).toEqual(["why", "oh"]);
  expect(wordsOf("?! 🙂").size).toBe(0);
});
