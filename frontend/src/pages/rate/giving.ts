// A rating as it is sent, and as one sees it afterwards among one's own.

import type { RatedRow, RatingItem, RatingTask } from "../../api/shapes";
import { type Answer, toSend } from "./answers";
import { newKey, type Rating } from "./sending.svelte";

/** What names a text among those of one rater: one may come a second time. */
export const nameOf = ({ item, again = false }: { item: string; again?: boolean }): string => `${item} ${again}`;

export const ratingOf = (item: RatingItem, task: RatingTask, answer: Answer, spent: number): Rating => ({
  item: item.item,
  again: item.again,
  values: toSend(task.scales, answer),
  critique: answer.critique,
  skipped: answer.skipped,
  seconds: Math.round(spent / 100) / 10,
  key: newKey(),
});

export const rowOf = (item: RatingItem, rating: Rating, others: RatedRow["others"]): RatedRow => ({
  item,
  state: "done",
  values: rating.values ?? {},
  critique: rating.critique ?? "",
  note: "",
  seconds: rating.seconds ?? null,
  skipped: rating.skipped ?? false,
  at: new Date().toISOString(),
  others,
});
