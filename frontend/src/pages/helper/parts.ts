// The three steps of a reply, as they are called everywhere.

import { type PlainKey, say } from "../../words/words.svelte";

export const PARTS = ["misaligned", "critique", "aligned"] as const;

const NAMES: Record<string, PlainKey> = {
  misaligned: "triple.misaligned",
  critique: "triple.critique",
  aligned: "triple.aligned",
  aligned_2: "triple.aligned_2",
};

export function partName(part: string): string {
  const key = NAMES[part];
  return key === undefined ? part : say(key);
}
