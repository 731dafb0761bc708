// What a step does to the boards that there are now, in words.

import { activityTitle } from "../../activities";
import type { StudyHome } from "../../api/shapes";
import { activityOf, type Step } from "../../template";
import { say, sayList } from "../../words/words.svelte";

/** Which boards a step opens, and which it closes. */
export function turns(home: StudyHome, step: Step): string {
  const spent = activityOf(step.kind);
  const titles = (phase: "open" | "closed", mine: boolean): string[] => [
    ...new Set(
      home.boards
        .filter((board) => board.phase === phase && (board.activity === spent) === mine)
        .map((board) => `“${activityTitle(board.activity)}”`),
    ),
  ];
  const [opens, closes] = [titles("closed", true), titles("open", false)];
  if (opens.length === 0 && closes.length === 0) return say("desk.turns_none");
  return [
    opens.length > 0 ? say("desk.opens", { boards: sayList(opens) }) : "",
    closes.length > 0 ? say("desk.closes", { boards: sayList(closes) }) : "",
  ]
    .filter(Boolean)
    .join(" ");
}
