// Changes in words, and addresses of what was learnt from.

import { expect, test } from "vitest";
import { isAddress } from "./address";
import { between } from "./apart";

test("what differs of two texts is cut between words", () => {
  expect(between("Write ten questions now.", "Write five questions now.")).toEqual(["Write ", "ten", "five", " questions now."]);
  expect(between("One", "One two")).toEqual(["One", "", " two", ""]);
  expect(between("a b a", "a b a b a")).toEqual(["a b a", "", " b a", ""]);
  expect(between("", "New words")).toEqual(["", "", "New words", ""]);
});

test("every cut is whole on both sides", () => {
  const words = ["", "one", "two", "three", "one two", "two one", "one two one", "one  two\nthree", "three two one"];
  for (const was of words)
    for (const now of words) {
      const [before, gone, came, after] = between(was, now);
      expect(before + gone + after).toBe(was);
      expect(before + came + after).toBe(now);
    }
});

test("an address has no words in it", () => {
  for (const good of ["topic:method-issues/ab12", "note:A/reflection/r1", "source:s1:0-12", "intervention:r3", "figure:yield.questions"])
    expect(isAddress(good), good).toBe(true);
  for (const bad of ["", "note:A", "Ana said so", "note:Ana B/reflection/r1", "source:s1", "figure:", "question:R3", "figure:a b"])
    expect(isAddress(bad), bad).toBe(false);
});
