import { describe, expect, it } from "vitest";
import type { Range } from "./index";
import { NAME, two } from "./testing/page";

describe("a passage that somebody points at", () => {
  it("stays on its words while others type before, inside and behind it, in every browser", async () => {
    const { world, a, b } = await two();
    a.field.type(0, 0, "say no to them");
    await world.quiet();
    a.field.setSelectionRange(4, 6); // "no"
    const range = a.binding.selection() as Range;
    const sent = JSON.parse(JSON.stringify(range)) as Range; // as a command carries it
    b.field.type(6, 0, "!");
    b.field.type(4, 0, "🙂");
    b.field.type(0, 0, "They ");
    await world.quiet();
    for (const { document, field } of [a, b]) {
      const found = document.extent(NAME, sent);
      expect(field.value.slice(found?.from, found?.to)).toBe("no");
    }
    b.field.type(12, 0, "-n");
    await world.quiet();
    const found = a.document.extent(NAME, sent);
    expect(a.field.value.slice(found?.from, found?.to)).toBe("n-no");
  });

  it("shrinks with what is deleted of it, and is nothing when nothing is left", async () => {
    const { world, a, b } = await two();
    a.field.type(0, 0, "one two three");
    const range = a.document.range(NAME, { from: 4, to: 13 });
    await world.quiet();
    b.field.type(7, 3, "");
    await world.quiet();
    expect(a.document.extent(NAME, range)).toEqual({ from: 4, to: 10 });
    b.field.type(0, 10, "");
    await world.quiet();
    expect(a.document.extent(NAME, range)).toBe(null);
  });

  it("never ends inside an emoji, and is the same whichever end is named first", async () => {
    const { a } = await two();
    a.field.type(0, 0, "a🙂b");
    expect(a.document.extent(NAME, a.document.range(NAME, { from: 4, to: 2 }))).toEqual({ from: 1, to: 4 });
  });

  it("is nothing without a selection, in another text, or where the place is none", async () => {
    const { a } = await two();
    a.field.type(0, 0, "words");
    a.field.setSelectionRange(2, 2);
    expect(a.binding.selection()).toBe(null);
    const range = a.document.range(NAME, { from: 0, to: 5 });
    for (const foreign of [
      { start: { tname: "question:r9", assoc: 0 }, end: range.end },
      { start: null, end: range.end },
      { start: { item: { client: 7, clock: 900 } }, end: range.end },
      { start: 3, end: "x" },
    ]) {
      expect(a.document.extent(NAME, foreign)).toBe(null);
    }
    expect(a.document.extent("question:r2", range)).toBe(null);
    expect(a.document.text("question:r9").value).toBe("");
  });

  it("is taken out as the person's own deletion, which undo brings back", async () => {
    const { peer, world, a, b } = await two();
    b.field.type(0, 0, "long and winding");
    await world.quiet();
    const range = a.document.range(NAME, { from: 4, to: 16 });
    b.field.type(16, 0, " road");
    await world.quiet();
    expect(a.document.cut(NAME, range)).toBe(true);
    await world.quiet();
    expect([a.field.value, b.field.value]).toEqual(["long road", "long road"]);
    expect(a.binding.undo()).toBe(true);
    await world.quiet();
    expect(b.field.value).toBe("long and winding road");
    peer.setPhase("closed");
    await world.quiet();
    expect(a.document.cut(NAME, range)).toBe(false);
  });
});

describe("what is put at a text's end", () => {
  it("is typed like anything else, where there is room and writing is open", async () => {
    const { peer, world, a, b } = await two({}, { cell: 8 });
    b.field.type(0, 0, "first");
    await world.quiet();
    expect(a.document.append(NAME, "\nno")).toBe(true);
    expect(a.document.append(NAME, "x")).toBe(false);
    await world.quiet();
    expect(b.field.value).toBe("first\nno");
    peer.setPhase("closed");
    await world.quiet();
    expect(b.document.append(NAME, "")).toBe(false);
  });
});

describe("the pieces of a text", () => {
  it("say under which client ids it stands, and are told anew at each change", async () => {
    const { world, a, b } = await two();
    const told: number[] = [];
    a.document.pieces(NAME).subscribe((pieces) => told.push(pieces.length));
    a.field.type(0, 0, "mine");
    await world.quiet();
    b.field.type(2, 0, "🙂");
    await world.quiet();
    const [mine, his] = [a, b].map(({ document }) => document.access.value.client);
    expect(a.document.pieces(NAME).value).toEqual([
      { client: mine, from: 0, to: 2 },
      { client: his, from: 2, to: 4 },
      { client: mine, from: 4, to: 6 },
    ]);
    a.field.type(2, 2, "");
    expect(a.document.pieces(NAME).value).toEqual([{ client: mine, from: 0, to: 4 }]);
    expect(told).toEqual([0, 1, 3, 1]);
  });
});
