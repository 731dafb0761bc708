// What is written on a board, in the words of the page. The server knows the same activities by the same names.

import { type PlainKey, say } from "./words/words.svelte";

export interface Column {
  /** The name of a text that is typed together, or of a field that is set as a whole. */
  name: string;
  kind: "text" | "field";
  title: PlainKey;
}

export interface Activity {
  title: PlainKey;
  lead: PlainKey;
  columns: readonly Column[];
}

const ACTIVITIES: Record<string, Activity> = {
  questions: {
    title: "questions.title",
    lead: "questions.lead",
    columns: [
      { name: "topic", kind: "field", title: "column.topic" },
      { name: "question_type", kind: "field", title: "column.question_type" },
      { name: "question", kind: "text", title: "column.question" },
    ],
  },
  triples: {
    title: "triples.title",
    lead: "triples.lead",
    columns: [
      { name: "question", kind: "field", title: "column.question" },
      { name: "value", kind: "field", title: "column.value" },
      { name: "misaligned", kind: "text", title: "column.misaligned" },
      { name: "critique", kind: "text", title: "column.critique" },
      { name: "aligned", kind: "text", title: "column.aligned" },
    ],
  },
  reflection: {
    title: "reflection.title",
    lead: "reflection.lead",
    columns: [
      { name: "prompt", kind: "field", title: "column.prompt" },
      { name: "cluster", kind: "field", title: "column.cluster" },
      { name: "note", kind: "text", title: "column.note" },
    ],
  },
  debrief: {
    title: "debrief.title",
    lead: "debrief.lead",
    columns: [
      { name: "prompt", kind: "field", title: "column.prompt" },
      { name: "cluster", kind: "field", title: "column.cluster" },
      { name: "note", kind: "text", title: "column.note" },
    ],
  },
};

export function activity(name: string): Activity | undefined {
  return ACTIVITIES[name];
}

export function activityTitle(name: string): string {
  const found = ACTIVITIES[name];
  return found === undefined ? name : say(found.title);
}

export function activityLead(name: string): string {
  const found = ACTIVITIES[name];
  return found === undefined ? "" : say(found.lead);
}
