import { describe, expect, it } from "vitest";
import { command } from "./keys";

const press = (key: string, held: Partial<Record<"shiftKey" | "ctrlKey" | "metaKey" | "altKey", boolean>> = {}) => ({
  key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held,
}); // prettier-ignore

describe("the keys of the table", () => {
  it.each([["j", "next"], ["k", "previous"], ["i", "include"], ["X", "exclude"], ["1", "train"], ["/", "search"], ["Enter", "open"]])(
    "%s is %s",
    (key, wanted) => expect(command(press(key), true)).toBe(wanted),
  );

  it("moves and opens without letters too, and decides nothing by them", () => {
    for (const key of ["ArrowDown", "ArrowUp", " ", "Enter", "Escape"]) expect(command(press(key), false)).not.toBeNull();
    for (const key of ["j", "i", "x", "1", "/", "?"]) expect(command(press(key), false)).toBeNull();
  });

  it("marks from one row to another with Shift", () => {
    expect(command(press("ArrowDown", { shiftKey: true }), false)).toBe("more");
    expect(command(press("K", { shiftKey: true }), true)).toBe("fewer");
    expect(command(press("X", { shiftKey: true }), true)).toBeNull();
    expect(command(press("?", { shiftKey: true }), true)).toBe("keys");
  });

  it("leaves the browser its own keys", () => {
    for (const key of ["r", "t", "n", "1"]) {
      expect(command(press(key, { ctrlKey: true }), true)).toBeNull();
      expect(command(press(key, { metaKey: true }), true)).toBeNull();
      expect(command(press(key, { altKey: true }), true)).toBeNull();
    }
    expect(command(press("a", { ctrlKey: true }), true)).toBe("mark_all");
  });
});
