// Where the focus goes when what had it is gone: a person with a keyboard must never be thrown back to the page's top.

import { tick } from "svelte";

/** The heading of the part of the page that an element stands in. */
export function headingOf(element: Element | null): HTMLElement | null {
  return element?.closest("section, main")?.querySelector<HTMLElement>("h2[tabindex], h1[tabindex]") ?? null;
}

/** Do something that may take the focused element out of the page; if it did, the heading above it gets the focus. */
export async function keepingFocus(act: () => Promise<void>): Promise<void> {
  const heading = headingOf(document.activeElement);
  await act();
  await tick();
  if (lost()) heading?.focus();
}

export function lost(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}
