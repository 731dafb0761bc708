import { describe, expect, it } from "vitest";
import { ASKED, proposalsOf, recorded, taken, together, type Progress } from "./replies";

const after = (...lines: unknown[]): Progress => lines.reduce(taken, ASKED);

describe("an answer of the helper", () => {
  it("waits, writes, ends and is done", () => {
    expect(after({ waiting: 3 })).toMatchObject({ state: "waiting", place: 3 });
    const begun = [{ waiting: 1 }, { begin: { n: 1, call: "c1", batch: "", part: "" } }, { text: "Ask ", call: "c1" }];
    expect(after(...begun, { text: "why.", call: "c1" })).toMatchObject({
      state: "writing",
      replies: [{ call: "c1", text: "Ask why.", ended: false }],
    });
    const whole = after(...begun, { end: { call: "c1", part: "", reply: "Ask why!", finished: false } }, { done: { calls: 1, tokens: 4 } });
    expect(whole).toMatchObject({ state: "done", replies: [{ text: "Ask why!", ended: true, finished: false }] });
  });

  it("keeps what ended when the rest fails", () => {
    const failed = after(
      { begin: { n: 1, call: "a", batch: "b1", part: "misaligned" } },
      { end: { call: "a", part: "misaligned", reply: "No.", finished: true } },
      { error: "busy" },
    );
    expect(failed).toMatchObject({ state: "failed", code: "busy", replies: [{ batch: "b1", text: "No.", ended: true }] });
  });

  it("is read with care", () => {
    for (const line of [null, 3, "x", [], {}, { begin: 1 }, { begin: {} }, { text: 7, call: "c" }, { surprise: true }])
      expect(after(line)).toEqual(ASKED);
    expect(after(...Array.from({ length: 500 }, (_, n) => ({ text: "x", call: `c${n}` }))).replies.length).toBeLessThan(100);
  });
});

describe("proposals", () => {
  it("are put together from their parts, in the order in which they began", () => {
    const part = (call: string, batch: string, part: string) => ({ begin: { n: 1, call, batch, part } });
    const found = proposalsOf(after(part("1", "x", "misaligned"), part("2", "y", "misaligned"), part("3", "x", "aligned")).replies);
    expect(found.map(({ batch, parts }) => [batch, [...parts.keys()]])).toEqual([
      ["x", ["misaligned", "aligned"]],
      ["y", ["misaligned"]],
    ]);
  });

  it("of before are on record: one's own, of this row, that were not erased", () => {
    const call = (at: string, more: object = {}) => ({ person: "p_a", purpose: "proposals", row: "r1", batch: "x", part: "critique", at, ...more });
    const snapshot = {
      calls: { late: call("2024-02"), early: call("2024-01"), other: call("2024-03", { row: "r2" }), erased: call("2024-04"), his: call("2024-05", { person: "p_b" }), free: call("2024-06", { purpose: "free" }) },
      replies: Object.fromEntries(["late", "early", "other", "his", "free"].map((id) => [id, { person: "p_a", text: id }])),
    } as never;
    const before = recorded(snapshot, "p_a", "proposals", "r1");
    expect(before.map(({ text }) => text)).toEqual(["early", "late"]);
    const live = { ...before[1]!, text: "being written", ended: false };
    expect(together(before, [live]).map(({ text }) => text)).toEqual(["early", "being written"]);
  });
});
