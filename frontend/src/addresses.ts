// The addresses of the pages: readable, and the same whether typed, shared or followed.

export type Route =
  | { page: "home" }
  | { page: "setup" }
  | { page: "login" }
  | { page: "account" }
  | { page: "join"; code: string }
  | { page: "workshop"; study: string }
  | { page: "board"; study: string; group: string; activity: string }
  | { page: "nowhere" };

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
  if (first === "join" && second !== undefined && parts.length === 2) return { page: "join", code: second };
  if (first === "studies" && second !== undefined && third === "workshop") {
    if (parts.length === 3) return { page: "workshop", study: second };
    if (parts.length === 5 && group !== undefined && activity !== undefined)
      return { page: "board", study: second, group, activity };
  }
  return { page: "nowhere" };
}

export const address = {
  workshop: (study: string): string => `/studies/${encodeURIComponent(study)}/workshop`,
  board: (study: string, group: string, activity: string): string =>
    `/studies/${encodeURIComponent(study)}/workshop/${encodeURIComponent(group)}/${encodeURIComponent(activity)}`,
  login: (back: string): string => (back === "/" ? "/login" : `/login?to=${encodeURIComponent(back)}`),
};

/** An address of ours from outside (`?to=…`), or home: nobody is sent to another site. */
export function safe(to: string | null): string {
  return to !== null && /^\/(?![/\\])/.test(to) ? to : "/";
}
