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
    ["/device/abc-DEF_1", { page: "device", code: "abc-DEF_1" }],
    ["/studies/pilot", { page: "road", study: "pilot" }],
    ["/studies/pilot/seeds", { page: "seeds", study: "pilot" }],
    ["/studies/pilot/generate", { page: "generate", study: "pilot" }],
    ["/studies/pilot/curate/selection", { page: "curation", study: "pilot", tab: "selection" }],
    ["/studies/pilot/curate/everything", { page: "nowhere" }],
    ["/studies/pilot/generate/runs/fairness-1", { page: "run", study: "pilot", run: "fairness-1" }],
    ["/studies/pilot/workshop/setup", { page: "programme", study: "pilot", section: "about" }],
    ["/studies/pilot/workshop/setup/consent", { page: "programme", study: "pilot", section: "consent" }],
    ["/studies/pilot/workshop/bridge", { page: "bridge", study: "pilot" }],
    ["/studies/pilot/workshop/lead", { page: "lead", study: "pilot" }],
    ["/studies/pilot/review", { page: "reviews", study: "pilot" }],
    ["/studies/pilot/review/new", { page: "newReview", study: "pilot" }],
    ["/studies/pilot/review/first", { page: "review", study: "pilot", task: "first" }],
    ["/studies/pilot/rate", { page: "rate", study: "pilot" }],
    ["/studies/pilot/rate/first", { page: "rating", study: "pilot", task: "first" }],
    ["/studies/pilot/rate/first/second", { page: "nowhere" }],
    ["/mine", { page: "comeIn" }],
    ["/studies/pilot/mine", { page: "mine", study: "pilot" }],
    ["/studies/pilot/offers", { page: "offers", study: "pilot" }],
    ["/studies/pilot/mitigate", { page: "nowhere" }],
    ["/studies/pilot/seeds/1", { page: "nowhere" }],
    ["/studies", { page: "nowhere" }],
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
    expect(route(address.road(study))).toEqual({ page: "road", study });
    expect(route(address.stop(study, "assess"))).toEqual({ page: "assess", study });
    expect(route(address.curate(study, "rules"))).toEqual({ page: "curation", study, tab: "rules" });
    expect(route(address.review(study, study))).toEqual({ page: "review", study, task: study });
    expect(route(address.rating(study, study))).toEqual({ page: "rating", study, task: study });
    expect(route(address.run(study, study))).toEqual({ page: "run", study, run: study });
    expect(route(address.setup(study, "groups"))).toEqual({ page: "programme", study, section: "groups" });
    expect(route(address.bridge(study))).toEqual({ page: "bridge", study });
    expect(route(address.lead(study))).toEqual({ page: "lead", study });
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
