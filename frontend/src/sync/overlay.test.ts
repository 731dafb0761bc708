import { describe, expect, it } from "vitest";
import { Overlay, type TextChange } from "./overlay";
import { seeded } from "./testing/world";

const change = (text: string, { at, removals, inserted }: TextChange): string => {
  for (const removal of removals) text = text.slice(0, removal.at) + text.slice(removal.at + removal.length);
  return text.slice(0, at) + inserted + text.slice(at);
};

describe("an overlay", () => {
  it("puts what is composed behind its left neighbour, wherever that went", () => {
    const overlay = new Overlay(2); // the field shows "ab"
    overlay.remote([{ insert: "XY" }]); // the text is "XYab"
    overlay.remote([{ retain: 3 }, { insert: "Z" }]); // "XYaZb"
    expect(change("XYaZb", overlay.local({ at: 1, removed: 0, inserted: "か" }))).toBe("XYaかZb");
    expect(overlay.toText(2)).toBe(4); // behind か
  });

  it("deletes what was shown and nothing that came meanwhile", () => {
    const overlay = new Overlay(3); // "abc"
    overlay.remote([{ retain: 2 }, { insert: "NEW" }]); // "abNEWc"
    expect(change("abNEWc", overlay.local({ at: 0, removed: 3, inserted: "x" }))).toBe("xNEW");
  });

  it("does not delete again what a colleague deleted", () => {
    const overlay = new Overlay(3); // "abc"
    overlay.remote([{ retain: 1 }, { delete: 1 }]); // "ac"
    expect(change("ac", overlay.local({ at: 0, removed: 2, inserted: "" }))).toBe("c");
    expect(overlay.clean).toBe(true);
  });

  it("agrees with a model of marked characters on 3,000 random histories", () => {
    const random = seeded(3);
    const pick = (most: number): number => Math.floor(random() * (most + 1));
    for (let turn = 0; turn < 3_000; turn++) {
      let next = 0x4e00;
      const fresh = (): string => String.fromCharCode(next++);
      let field = fresh() + fresh() + fresh() + fresh();
      let text = field;
      const overlay = new Overlay(field.length);
      const theirs = new Set<string>(); // inserted by others, not shown
      for (let act = 0; act < 8; act++) {
        const remote = random() < 0.5;
        const target = remote ? text : field;
        const at = pick(target.length);
        const removed = Math.min(pick(2), target.length - at);
        const inserted = random() < 0.6 ? fresh() : "";
        if (remote) {
          if (inserted) theirs.add(inserted);
          text = text.slice(0, at) + inserted + text.slice(at + removed);
          overlay.remote([{ retain: at }, { insert: inserted }, { delete: removed }]);
        } else {
          const gone = new Set(field.slice(at, at + removed));
          const before = text;
          text = change(text, overlay.local({ at, removed, inserted }));
          field = field.slice(0, at) + inserted + field.slice(at + removed);
          // exactly the shown characters went, and the new one stands behind its neighbour
          expect([...before].filter((one) => !gone.has(one)).join("")).toBe(text.replace(inserted, ""));
          const left = field[at - 1];
          if (inserted && left && text.includes(left)) expect(text[text.indexOf(inserted) - 1]).toBe(left);
        }
        expect(overlay.textLength).toBe(text.length);
        for (let caret = 1; caret <= field.length; caret++) {
          const left = field[caret - 1]!;
          if (text.includes(left)) expect(overlay.toText(caret)).toBe(text.indexOf(left) + 1);
        }
      }
    }
  });
});
