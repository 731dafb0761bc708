import { describe, expect, test } from "vitest";
import { announcementsOf, minutesLeft, momentOf, remaining } from "./agenda";

const AT = "2026-05-04T14:00:00.000+00:00";
const at = Date.parse(AT);
const MINUTE = 60_000;

describe("the timer", () => {
  const now = (running: boolean): unknown => ({ step: "s", at: AT, timer: { left_s: 600, running, at: AT }, break: null });

  test("runs from what was left, also below nothing, and stands while it is paused", () => {
    const runs = momentOf(now(true))?.timer;
    const stands = momentOf(now(false))?.timer;
    expect(remaining(runs!, at + 4 * MINUTE)).toBe(6 * MINUTE);
    expect(remaining(runs!, at + 12 * MINUTE)).toBe(-2 * MINUTE);
    expect(remaining(stands!, at + 12 * MINUTE)).toBe(10 * MINUTE);
  });

  test("of a device whose clock is behind never shows more than there was", () => {
    expect(remaining(momentOf(now(true))!.timer!, at - MINUTE)).toBe(10 * MINUTE);
  });

  test("counts the last minute as one, and what is over as none", () => {
    const timer = momentOf(now(true))!.timer!;
    expect([0, 9 * MINUTE + 1, 10 * MINUTE, 20 * MINUTE].map((later) => minutesLeft(timer, at + later))).toEqual([10, 1, 0, 0]);
  });

  test("is undefined where the server says nothing of it, and null where the step has none", () => {
    expect(momentOf({ step: "s", at: AT })?.timer).toBeUndefined();
    expect(momentOf({ step: "s", at: AT, timer: null })?.timer).toBeNull();
    expect(momentOf({ step: "s", at: AT, timer: { left_s: "1" } })?.timer).toBeNull();
    expect(momentOf("nothing")).toBeNull();
  });
});

test("a break ends its minutes after it began", () => {
  expect(momentOf({ step: null, at: AT, break: { at: AT, minutes: 15 } })?.pause).toEqual({ since: at, until: at + 15 * MINUTE });
  expect(momentOf({ step: null, at: AT, break: { at: "", minutes: 15 } })?.pause).toBeNull();
});

test("announcements are for everybody or for the groups they name, the newest first; what was erased is none", () => {
  const said = (text: string | null, minute: number, groups: string[]) => ({ text, at: `2026-05-04T14:0${minute}`, by: "p", groups });
  const snapshot = {
    announcements: { a: said("All", 1, []), b: said("A only", 2, ["A"]), c: said("B only", 3, ["B"]), d: said(null, 4, []) },
  };
  expect(announcementsOf(snapshot, "A").map((each) => each.id)).toEqual(["b", "a"]);
  expect(announcementsOf(snapshot, null).map((each) => each.id)).toEqual(["c", "b", "a"]);
  expect(announcementsOf({}, null)).toEqual([]);
});
