// The keys of a board of notes, and what each does.

import { say } from "../../words/words.svelte";

export const KEYS = (): readonly (readonly [readonly string[], string])[] => [
  [["←", "→", "↑", "↓"], say("keys.note_move")],
  [["Enter"], say("keys.note_edit")],
  [["Esc"], say("keys.note_leave")],
  [["R"], say("keys.note_react")],
  [["V"], say("keys.note_vote")],
  [["G"], say("keys.note_cluster")],
  [["N"], say("keys.note_add")],
];
