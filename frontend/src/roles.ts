// The roles of the server, in words.

import { type PlainKey, say } from "./words/words.svelte";

const ROLES: Record<string, PlainKey> = {
  organiser: "role.organiser",
  curator: "role.curator",
  moderator: "role.moderator",
  participant: "role.participant",
  observer: "role.observer",
  rater: "role.rater",
  contributor: "role.contributor",
};

export function roleName(role: string): string {
  const key = ROLES[role];
  return key === undefined ? role : say(key);
}
