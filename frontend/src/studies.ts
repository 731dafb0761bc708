// The open connections of this page. One a study: boards come and go on it, and what is not saved is still sent.

import { api, Refused } from "./api/api";
import { me } from "./me.svelte";
import { openStudy, type Study } from "./sync";

const open = new Map<string, Study>();

export function studyOf(name: string, person: string): Study {
  const key = `${name}\n${person}`;
  const found = open.get(key);
  if (found !== undefined) {
    // signed out elsewhere, and here again: what is kept here is sent now
    if (found.connection.value.state === "refused") found.retry();
    return found;
  }
  const made = openStudy({ study: name, person, trouble });
  open.set(key, made);
  return made;
}

/** Whether anything typed here is not on the server yet, in any board. */
export function unsaved(): number {
  let sum = 0;
  for (const study of open.values()) sum += study.saved.value.changes;
  return sum;
}

me.keeps(unsaved);

// nobody's page goes on writing in another's name
me.changed(() => {
  for (const study of open.values()) study.close();
  open.clear();
});

/** Why a socket does not open: because nobody is signed in any more, or only because of the network. */
async function trouble(): Promise<string | null> {
  try {
    const who = await api.get("/api/me");
    return who.kind === "nobody" ? "signed_out" : null;
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}
