// What passes between groups and those who guide them, read from the snapshot of the document "facilitation". The server
// sends each person only what they may see: what is not here is not theirs, or not there.

import { entries, isEntry, text, texts } from "./agenda";
import type { Snapshot } from "./sync";

export interface Question {
  readonly id: string;
  /** Who asked; "" where that is not told. */
  readonly by: string;
  readonly group: string;
  readonly text: string;
  readonly at: string;
  readonly answer: string;
  readonly answeredBy: string;
  readonly public: boolean;
  /** The question that asks the same, whose answer counts for this one too; "" where there is none. */
  readonly sameAs: string;
}

/** Something one of the facilitators wrote: to the others, or to themselves. */
export interface Written {
  readonly id: string;
  readonly by: string;
  readonly text: string;
  readonly at: string;
}

export const WHATS = ["explain", "encourage", "redirect", "restore", "technical", "other"] as const;
export type What = (typeof WHATS)[number];

export interface Intervention extends Written {
  readonly group: string;
  readonly what: What;
}

export type About = "fatigue" | "workload";
/** What a check-in asks, in its order, and the steps of each. The workload is NASA's task load index in its short form. */
export const ASKED: Record<About, { readonly items: readonly string[]; readonly steps: number }> = {
  fatigue: { items: ["fatigue"], steps: 5 },
  workload: { items: ["mental", "physical", "temporal", "performance", "effort", "frustration"], steps: 7 },
};

export interface CheckIn {
  readonly id: string;
  readonly about: About;
  readonly at: string;
  readonly closed: boolean;
  readonly groups: readonly string[];
  /** How many answered, by group. */
  readonly answered: ReadonlyMap<string, number>;
  /** Once it is closed, by group and item; "few" where too few answered for it to be shown. */
  readonly counts: ReadonlyMap<string, "few" | ReadonlyMap<string, readonly number[]>>;
}

export interface Rating {
  readonly of: string;
  readonly session: string;
  readonly by: string;
  readonly score: number;
  readonly text: string;
}

const early = (a: { at: string; id: string }, b: { at: string; id: string }): number =>
  a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1;

/** All that may be seen, in the order in which they were asked. */
export function questionsOf(snapshot: Snapshot): Question[] {
  return entries(snapshot, "questions")
    .map(([id, said]) => ({
      id, by: text(said["by"]), group: text(said["group"]), text: text(said["text"]), at: text(said["at"]),
      answer: text(said["answer"]), answeredBy: text(said["answered_by"]), public: said["public"] === true,
      sameAs: text(said["same_as"]),
    }))
    .filter((question) => question.text !== "")
    .sort(early);
}

/** The answer that a question has, its own or that of the one which asks the same; "" while it waits. */
export function answerTo(question: Question, all: readonly Question[]): string {
  if (question.answer !== "") return question.answer;
  return question.sameAs === "" ? "" : (all.find(({ id }) => id === question.sameAs)?.answer ?? "");
}

/** Those that nobody has answered, and that are not another's twin. */
export function waiting(all: readonly Question[]): Question[] {
  return all.filter((question) => question.sameAs === "" && question.answer === "");
}

export function writtenOf(snapshot: Snapshot, collection: "messages" | "notes"): Written[] {
  return entries(snapshot, collection)
    .map(([id, said]) => ({ id, by: text(said["by"]), text: text(said["text"]), at: text(said["at"]) }))
    .filter((each) => each.text !== "")
    .sort(early);
}

export function interventionsOf(snapshot: Snapshot): Intervention[] {
  return entries(snapshot, "interventions")
    .map(([id, said]) => ({
      id, by: text(said["by"]), text: text(said["text"]), at: text(said["at"]), group: text(said["group"]),
      what: WHATS.find((each) => each === said["what"]) ?? "other",
    }))
    .sort(early);
}

/** Newest first. */
export function checkInsOf(snapshot: Snapshot): CheckIn[] {
  return entries(snapshot, "checkins")
    .map(([id, said]): CheckIn => ({
      id, about: said["about"] === "workload" ? "workload" : "fatigue", at: text(said["at"]),
      closed: text(said["closed"]) !== "", groups: texts(said["groups"]),
      answered: new Map(Object.entries(isEntry(said["answered"]) ? said["answered"] : {}).map(([group, n]) => [group, Number(n)])),
      counts: countsOf(said["counts"]),
    }))
    .sort((a, b) => early(b, a));
}

function countsOf(said: unknown): CheckIn["counts"] {
  if (!isEntry(said)) return new Map();
  return new Map(
    Object.entries(said).map(([group, items]) => [
      group,
      isEntry(items)
        ? new Map(Object.entries(items).flatMap(([item, steps]) => (Array.isArray(steps) ? [[item, steps.map(Number)]] : [])))
        : ("few" as const),
    ]),
  );
}

/** The check-ins that this person answered: their own answers are all that they are sent. */
export function answeredBy(snapshot: Snapshot, person: string): ReadonlySet<string> {
  const mine = Object.keys(snapshot["answers"] ?? {}).filter((key) => key.endsWith(`:${person}`));
  return new Set(mine.map((key) => key.slice(0, -person.length - 1)));
}

/** What a check-in asks of somebody in this group now. */
export function openFor(checkIns: readonly CheckIn[], group: string, answered: ReadonlySet<string>): CheckIn[] {
  return checkIns.filter(
    (each) => !each.closed && !answered.has(each.id) && (each.groups.length === 0 || each.groups.includes(group)),
  );
}

/** The mean of what was counted, the first step being 1; null where nothing was. */
export function meanOf(counts: readonly number[]): number | null {
  const people = counts.reduce((sum, each) => sum + each, 0);
  return people === 0 ? null : counts.reduce((sum, each, step) => sum + each * (step + 1), 0) / people;
}

/** The version of the script that each confirmed to have read; 0 is the script as it is shipped. */
export function trainedOf(snapshot: Snapshot): ReadonlyMap<string, number> {
  return new Map(entries(snapshot, "training").map(([person, said]) => [person, Number(said["version"])]));
}

export function ratingsOf(snapshot: Snapshot): Rating[] {
  return entries(snapshot, "neutrality").map(([key, said]) => {
    const [of = "", session = "", by = ""] = key.split(":");
    return { of, session, by, score: Number(said["score"]), text: text(said["text"]) };
  });
}
