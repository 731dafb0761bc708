// Addresses and pages. The browser's own history does the work: back, reload and sharing an address just work.

let path = $state(location.pathname);

export const here = {
  get path(): string {
    return path;
  },
};

export function go(to: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  landing = true;
  path = location.pathname;
  scrollTo(0, 0);
}

let landing = false;

/** Whether a page is being gone to. Its heading then takes the focus, so that those who listen hear where they are. */
export function landed(): boolean {
  const was = landing;
  landing = false;
  return was;
}

export function follow(): void {
  addEventListener("popstate", () => {
    landing = true;
    path = location.pathname;
  });
  addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null || link.target !== "" || link.hasAttribute("download")) return;
    if (link.origin !== location.origin || link.hash !== "" || link.pathname.startsWith("/api/")) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}
