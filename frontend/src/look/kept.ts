// Small choices that stay in this browser. Storage may be closed (private windows, policies): then they last a page.

export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`seedbed.${name}`);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`seedbed.${name}`, value);
  } catch {
    // nothing to do: the choice stands until the page is left
  }
}
