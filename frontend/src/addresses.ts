// The addresses of the pages: readable, and the same whether typed, shared or followed.

export type Route =
  | { page: "home" }
  | { page: "setup" }
  | { page: "login" }
  | { page: "account" }
  | { page: "join"; code: string }
  | { page: "device"; code: string }
  | { page: "comeIn" }
  | { page: "mine" | "offers" | "withdrawals"; study: string }
  | { page: "trace"; study: string; id: string }
  | { page: "road"; study: string }
  | { page: Stop; study: string }
  | { page: "run"; study: string; run: string }
  | { page: "curation"; study: string; tab: CurateTab }
  | { page: "reviews" | "newReview" | "rate"; study: string }
  | { page: "review" | "rating"; study: string; task: string }
  | { page: "workshop"; study: string }
  | { page: "programme"; study: string; section: string }
  | { page: "bridge" | "lead" | "lessons" | "debriefs"; study: string }
  | { page: "board"; study: string; group: string; activity: string }
  | { page: "nowhere" };

/** The stops of the road after the workshop, by their words in addresses. */
export const STOPS = ["seeds", "curate", "generate", "assess", "propagate", "report", "release"] as const;
export type Stop = (typeof STOPS)[number];

/** What else curation shows beside its table of seeds. */
export const CURATE_TABS = ["selection", "rules", "checklist", "decisions"] as const;
export type CurateTab = (typeof CURATE_TABS)[number];

const isCurateTab = (word: string | undefined): word is CurateTab => (CURATE_TABS as readonly (string | undefined)[]).includes(word);
const isStop = (word: string): word is Stop => (STOPS as readonly string[]).includes(word);

export function route(path: string): Route {
  let parts: string[];
  try {
    parts = path.split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    return { page: "nowhere" }; // an address cut in the middle of a letter
  }
  const [first, second, third, group, activity] = parts;
  if (first === undefined) return { page: "home" };
  if (parts.length === 1 && (first === "setup" || first === "login" || first === "account")) return { page: first };
  if (first === "mine" && parts.length === 1) return { page: "comeIn" };
  if ((first === "join" || first === "device") && second !== undefined && parts.length === 2)
    return { page: first, code: second };
  if (first !== "studies" || second === undefined) return { page: "nowhere" };
  const study = second;
  if (third === undefined) return { page: "road", study };
  if (third === "workshop") {
    if (parts.length === 3) return { page: "workshop", study };
    if (group === "setup" && parts.length <= 5) return { page: "programme", study, section: activity ?? "about" };
    if ((group === "bridge" || group === "lead" || group === "lessons" || group === "debriefs") && parts.length === 4) return { page: group, study };
    if (parts.length === 5 && group !== undefined && activity !== undefined)
      return { page: "board", study, group, activity };
  }
  if ((third === "mine" || third === "offers" || third === "withdrawals") && parts.length === 3) return { page: third, study };
  if (third === "trace" && group !== undefined && parts.length === 4) return { page: "trace", study, id: group };
  if (isStop(third) && parts.length === 3) return { page: third, study };
  if (third === "curate" && isCurateTab(group) && parts.length === 4) return { page: "curation", study, tab: group };
  if (third === "review" || third === "rate") {
    if (parts.length === 3) return { page: third === "review" ? "reviews" : "rate", study };
    if (third === "review" && group === "new" && parts.length === 4) return { page: "newReview", study };
    if (group !== undefined && parts.length === 4) return { page: third === "review" ? "review" : "rating", study, task: group };
  }
  if (third === "generate" && group === "runs" && activity !== undefined && parts.length === 5)
    return { page: "run", study, run: activity };
  return { page: "nowhere" };
}

const studies = (study: string, ...rest: string[]): string =>
  ["/studies", ...[study, ...rest].map(encodeURIComponent)].join("/");

export const address = {
  road: (study: string): string => studies(study),
  stop: (study: string, stop: Stop): string => studies(study, stop),
  run: (study: string, run: string): string => studies(study, "generate", "runs", run),
  curate: (study: string, tab: CurateTab): string => studies(study, "curate", tab),
  reviews: (study: string): string => studies(study, "review"),
  /** A new task, of the rows of a run where one is named. */
  newReview: (study: string, of = ""): string => studies(study, "review", "new") + (of && `?of=${encodeURIComponent(of)}`),
  review: (study: string, task: string): string => studies(study, "review", task),
  rate: (study: string): string => studies(study, "rate"),
  rating: (study: string, task: string): string => studies(study, "rate", task),
  mine: (study: string): string => studies(study, "mine"),
  offers: (study: string): string => studies(study, "offers"),
  withdrawals: (study: string): string => studies(study, "withdrawals"),
  /** Where something came from: its id, or KIND:ID where that is not enough. */
  trace: (study: string, id: string): string => studies(study, "trace", id),
  workshop: (study: string): string => studies(study, "workshop"),
  setup: (study: string, section = "about"): string => studies(study, "workshop", "setup", section),
  bridge: (study: string): string => studies(study, "workshop", "bridge"),
  lead: (study: string): string => studies(study, "workshop", "lead"),
  /** The lessons; with what a new one is learnt from, where that is named. */
  lessons: (study: string, from = ""): string => studies(study, "workshop", "lessons") + (from && `?from=${encodeURIComponent(from)}`),
  debriefs: (study: string): string => studies(study, "workshop", "debriefs"),
  board: (study: string, group: string, activity: string): string => studies(study, "workshop", group, activity),
  login: (back: string): string => (back === "/" ? "/login" : `/login?to=${encodeURIComponent(back)}`),
};

/** An address of ours from outside (`?to=…`), or home: nobody is sent to another site. */
export function safe(to: string | null): string {
  return to !== null && /^\/(?![/\\])/.test(to) ? to : "/";
}
