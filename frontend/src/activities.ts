// What is written on a board, in the words of the page. The server knows the same activities by the same names.

import { type PlainKey, say } from "./words/words.svelte";

export interface Column {
  /** The name of a text that is typed together, or of a field that is set as a whole. */
  name: string;
  kind: "text" | "field";
  title: PlainKey;
  placeholder: PlainKey;
  /** A field that holds a sentence: it takes the room of one. */
  long?: boolean;
}

export interface Activity {
  title: PlainKey;
  lead: PlainKey;
  add: PlainKey;
  empty: PlainKey;
  columns: readonly Column[];
}

const ACTIVITIES: Record<string, Activity> = {
  questions: {
    title: "questions.title",
    lead: "questions.lead",
    add: "questions.add",
    empty: "questions.empty",
    columns: [
      { name: "topic", kind: "field", title: "column.topic", placeholder: "column.topic_hint" },
      { name: "question_type", kind: "field", title: "column.question_type", placeholder: "column.question_type_hint" },
      { name: "question", kind: "text", title: "column.question", placeholder: "column.question_hint" },
    ],
  },
  triples: {
    title: "triples.title",
    lead: "triples.lead",
    add: "triples.add",
    empty: "triples.empty",
    columns: [
      { name: "question", kind: "field", title: "column.question", placeholder: "column.question_hint", long: true },
      { name: "value", kind: "field", title: "column.value", placeholder: "column.value_hint" },
      { name: "misaligned", kind: "text", title: "column.misaligned", placeholder: "column.misaligned_hint" },
      { name: "critique", kind: "text", title: "column.critique", placeholder: "column.critique_hint" },
      { name: "aligned", kind: "text", title: "column.aligned", placeholder: "column.aligned_hint" },
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
