// The reasons that were given last in this browser, offered again: the same few recur in every study.

import { keep, kept } from "../../look/kept";

const MOST = 5;

export function reasonsFor(act: string): string[] {
  try {
    const found: unknown = JSON.parse(kept(`curate.reasons.${act}`) ?? "[]");
    return Array.isArray(found) ? found.filter((each): each is string => typeof each === "string").slice(0, MOST) : [];
  } catch {
    return []; // not written by this page
  }
}

export function rememberReason(act: string, reason: string): void {
  const rest = reasonsFor(act).filter((each) => each !== reason);
  keep(`curate.reasons.${act}`, JSON.stringify([reason, ...rest].slice(0, MOST)));
}
