// What the keys do while a row has the focus. Letters can be switched off for those whom they get in the way of.

import { keep, kept } from "../../look/kept";

export type Command =
  | "next" | "previous" | "first" | "last" | "more" | "fewer" | "mark" | "mark_all" | "open" | "leave" | "search" | "keys"
  | "include" | "exclude" | "retag" | "edit" | "merge" | "return" | "undo" | "nuanced" | "train" | "test" | "rephrase"; // prettier-ignore

const ALWAYS: Record<string, Command> = {
  ArrowDown: "next",
  ArrowUp: "previous",
  Home: "first",
  End: "last",
  " ": "mark",
  Enter: "open",
  Escape: "leave",
};

const LETTERS: Record<string, Command> = {
  j: "next",
  k: "previous",
  i: "include",
  x: "exclude",
  t: "retag",
  e: "edit",
  m: "merge",
  r: "return",
  u: "undo",
  n: "nuanced",
  "1": "train",
  "2": "test",
  "3": "rephrase",
  "/": "search",
  "?": "keys",
};

export interface Pressed {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

export function command(pressed: Pressed, letters: boolean): Command | null {
  const { key, shiftKey, ctrlKey, metaKey, altKey } = pressed;
  const low = key.toLowerCase();
  if ((ctrlKey || metaKey) && !altKey && !shiftKey && low === "a") return "mark_all";
  if (ctrlKey || metaKey || altKey) return null;
  if (shiftKey && (key === "ArrowDown" || (letters && low === "j"))) return "more";
  if (shiftKey && (key === "ArrowUp" || (letters && low === "k"))) return "fewer";
  if (shiftKey && key !== "?" && key !== "/") return null;
  return ALWAYS[key] ?? (letters ? LETTERS[low] : undefined) ?? null;
}

export const lettersKept = (): boolean => kept("curate.letters") !== "off";
export const keepLetters = (on: boolean): void => keep("curate.letters", on ? "on" : "off");
