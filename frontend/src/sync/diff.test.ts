import { describe, expect, it } from "vitest";
import { between, codePoints, diff, snapped, wellFormed } from "./diff";
import { seeded } from "./testing/world";

const apply = (text: string, edit: ReturnType<typeof diff>): string =>
  edit ? text.slice(0, edit.at) + edit.inserted + text.slice(edit.at + edit.removed) : text;

describe("diff", () => {
  it("is nothing when nothing changed", () => expect(diff("a", "a")).toBeNull());

  it("puts a letter typed into a run of the same where the caret is", () => {
    expect(diff("aaaa", "aaaaa", 2)).toEqual({ at: 1, removed: 0, inserted: "a" });
    expect(diff("aaaa", "aaaaa", 5)).toEqual({ at: 4, removed: 0, inserted: "a" });
    expect(diff("aaaa", "aaaaa", 1)).toEqual({ at: 0, removed: 0, inserted: "a" });
  });

  it("takes the letter at the caret out of a run of the same", () => {
    expect(diff("aaaa", "aaa", 1)).toEqual({ at: 1, removed: 1, inserted: "" }); // Delete at 1, Backspace at 2
    expect(diff("aaaa", "aaa", 3)).toEqual({ at: 3, removed: 1, inserted: "" });
  });

  it("does not believe a caret that explains nothing", () => {
    expect(diff("teh cat", "the cat", 7)).toEqual({ at: 1, removed: 2, inserted: "he" });
    expect(diff("abc", "xbc", 3)).toEqual({ at: 0, removed: 1, inserted: "x" });
  });

  it.each([
    ["one emoji by another of its block", "x😀y", "x😁y"],
    ["an emoji by one with the same low half", "x\u{1f600}y", "x\u{1fa00}y"],
    ["an emoji doubled", "😀", "😀😀"],
    ["one of a pair of emoji of a block gone", "😀😁", "😁"],
    ["a part of a family", "👨‍👩‍👧‍👦", "👨‍👩‍👦"],
    ["a flag by a flag", "🇵🇹", "🇵🇱"],
    ["a skin tone", "👍🏽", "👍🏿"],
    ["rare CJK", "𠀀𠀁", "𠀁𠀀"],
  ])("cuts between code points: %s", (_what, before, now) => {
    for (let caret = 0; caret <= now.length; caret++) {
      const edit = diff(before, now, caret)!;
      expect(apply(before, edit)).toBe(now);
      expect(between(before, edit.at) && between(before, edit.at + edit.removed)).toBe(true);
      expect(wellFormed(edit.inserted)).toBe(edit.inserted);
    }
  });

  it("is exact and whole on 20,000 random pairs of texts with any caret", () => {
    const random = seeded(7);
    // few code points, with shared halves, so that accidental matches are the rule
    const letters = ["a", "b", "😀", "😁", "\u{1fa00}", "𠀀", "\u{20400}", "\u200d", "é"];
    const text = (): string =>
      Array.from({ length: Math.floor(random() * 9) }, () => letters[Math.floor(random() * letters.length)]).join("");
    for (let turn = 0; turn < 20_000; turn++) {
      const [before, now] = [text(), text()];
      const edit = diff(before, now, Math.floor(random() * (now.length + 2)));
      if (before === now) expect(edit).toBeNull();
      else {
        const { at, removed, inserted } = edit!;
        if (apply(before, edit) !== now) throw new Error(JSON.stringify([before, now, edit]));
        if (!between(before, at) || !between(before, at + removed) || wellFormed(inserted) !== inserted) {
          throw new Error(JSON.stringify([before, now, edit]));
        }
      }
    }
  });

  it("explains one random insertion or deletion at the caret exactly there", () => {
    const random = seeded(8);
    for (let turn = 0; turn < 5_000; turn++) {
      const before = Array.from({ length: 6 }, () => "aab😀"[Math.floor(random() * 3)]).join("") + "😀😀";
      const at = snapped(before, Math.floor(random() * (before.length + 1)));
      const inserted = random() < 0.5 ? "a" : "😀";
      const now = before.slice(0, at) + inserted + before.slice(at);
      expect(diff(before, now, at + inserted.length)).toEqual({ at, removed: 0, inserted });
    }
  });
});

describe("code points", () => {
  it("are counted as UTF-8 would", () => {
    for (const text of ["", "a", "😀", "a😀b👨‍👩‍👧", "𠀀𠀀"]) expect(codePoints(text)).toBe([...text].length);
  });

  it("snaps an index out of a pair, and into the text", () => {
    expect(snapped("a😀b", 2)).toBe(1);
    expect(snapped("a😀b", 3)).toBe(3);
    expect(snapped("a", 9)).toBe(1);
  });

  it("replaces lone halves, unit for unit", () => {
    expect(wellFormed("a\ud800b\udc00😀")).toBe("a\ufffdb\ufffd😀");
  });
});
