import { describe, expect, it } from "vitest";
import { address, route, safe } from "./addresses";

describe("addresses", () => {
  it.each([
    ["/", { page: "home" }],
    ["/setup", { page: "setup" }],
    ["/login/", { page: "login" }],
    ["/join/abc-DEF_1", { page: "join", code: "abc-DEF_1" }],
    ["/studies/pilot/workshop", { page: "workshop", study: "pilot" }],
    ["/studies/pilot/workshop/A/questions", { page: "board", study: "pilot", group: "A", activity: "questions" }],
    ["/studies/pilot", { page: "nowhere" }],
    ["/studies/pilot/workshop/A", { page: "nowhere" }],
    ["/join", { page: "nowhere" }],
    ["/%E0%A4%A", { page: "nowhere" }],
  ])("%s", (path, wanted) => {
    expect(route(path)).toEqual(wanted);
  });

  it.each(["pilot", "são paulo", "a/b", "50%", "?x=#y"])("finds %s again in the address that names it", (study) => {
    expect(route(address.workshop(study))).toEqual({ page: "workshop", study });
    const board = { page: "board", study, group: study, activity: study };
    expect(route(address.board(study, study, study))).toEqual(board);
  });

  it.each(["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)", "", null])(
    "sends nobody to %s",
    (to) => {
      expect(safe(to)).toBe("/");
    },
  );

  it("comes back to where signing in was asked for", () => {
    const back = "/studies/pilot/workshop";
    expect(safe(new URL(address.login(back), "http://here.example").searchParams.get("to"))).toBe(back);
  });
});
