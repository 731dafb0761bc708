// What the agenda says beside the step: the timer, a break, announcements. Open JSON, and so read with care.

import type { Json, Snapshot } from "./sync";

/** The time that was left at a moment; it runs from there, or stands. Milliseconds. */
export interface StepTimer {
  readonly left: number;
  readonly running: boolean;
  readonly at: number;
}

/** A break: from when until when, in ms since the epoch. */
export interface Pause {
  readonly since: number;
  readonly until: number;
}

export interface Announcement {
  readonly id: string;
  readonly text: string;
  readonly at: string;
  readonly by: string;
  /** Whom it is for; nobody named: everybody. */
  readonly groups: readonly string[];
}

/** What the agenda says of the moment. `timer` undefined: this server does not say. */
export interface Moment {
  readonly step: string | null;
  readonly at: string;
  readonly timer?: StepTimer | null;
  readonly pause?: Pause | null;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

type Entry = { readonly [key: string]: Json };
export const isEntry = (value: unknown): value is Entry => typeof value === "object" && value !== null && !Array.isArray(value);
export const text = (value: unknown): string => (typeof value === "string" ? value : "");
export const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];

/** The entries of a collection that are objects, with their ids. */
export function entries(snapshot: Snapshot, collection: string): [string, Entry][] {
  return Object.entries(snapshot[collection] ?? {}).filter((entry): entry is [string, Entry] => isEntry(entry[1]));
}

/** `now/main` of the agenda, or the same as it was asked for once; null where it is none. */
export function momentOf(now: unknown): Moment | null {
  if (!isEntry(now)) return null;
  return {
    step: typeof now["step"] === "string" ? now["step"] : null,
    at: text(now["at"]),
    ...("timer" in now ? { timer: timerOf(now["timer"]) } : {}),
    pause: pauseOf(now["break"]),
  };
}

function timerOf(said: unknown): StepTimer | null {
  if (!isEntry(said) || typeof said["left_s"] !== "number") return null;
  const at = Date.parse(text(said["at"]));
  return Number.isNaN(at) ? null : { left: said["left_s"] * SECOND, running: said["running"] === true, at };
}

function pauseOf(said: unknown): Pause | null {
  if (!isEntry(said) || typeof said["minutes"] !== "number") return null;
  const since = Date.parse(text(said["at"]));
  return Number.isNaN(since) ? null : { since, until: since + said["minutes"] * MINUTE };
}

/** What is left at `clock`, in ms; below 0 when the time is over. */
export function remaining(timer: StepTimer, clock: number): number {
  return timer.left - (timer.running ? Math.max(0, clock - timer.at) : 0);
}

/** As people count it: the last minute is "1", and 0 is over. */
export function minutesLeft(timer: StepTimer, clock: number): number {
  return Math.max(0, Math.ceil(remaining(timer, clock) / MINUTE));
}

/** What is announced to a group, newest first; of all groups where none is named. */
export function announcementsOf(snapshot: Snapshot, group: string | null): Announcement[] {
  return entries(snapshot, "announcements")
    .map(([id, said]) => ({
      id, text: text(said["text"]), at: text(said["at"]), by: text(said["by"]), groups: texts(said["groups"]),
    }))
    .filter(({ text, groups }) => text !== "" && (group === null || groups.length === 0 || groups.includes(group)))
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}
