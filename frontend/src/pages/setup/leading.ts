// What the sections of the set-up are made of that are for those who lead: the script, what is asked when groups look back,
// whom one wants to reach, and the words by which a manager is known.

import { say } from "../../words/words.svelte";
import type { Around, Option, Spec } from "./spec";
import { type Item, text } from "./values";

const FIELDS_OF = ["role", "position", "background", "place"] as const;

const stepOptions = ({ steps }: Around): readonly Option[] => [
  { value: "", text: say("set.script_which") },
  ...steps.map(({ id, title }) => ({ value: id, text: title })),
];

const stepTitle = (item: Item, { steps }: Around): string =>
  steps.find(({ id }) => id === text(item["step"]))?.title ?? text(item["step"]);

function fieldName(field: string): string {
  const known = FIELDS_OF.find((each) => each === field);
  return known === undefined ? field : say(`recruit.${known}`);
}

export const LEADING = {
  script: [
    {
      kind: "list",
      name: "script",
      label: "set.script",
      item: [
        { kind: "choice", name: "step", label: "set.script_step", options: stepOptions },
        { kind: "long", name: "text", label: "set.script_text", max: 4000 },
        { kind: "lines", name: "say", label: "script.say", hint: "set.one_a_line", most: 20, max: 400 },
        { kind: "lines", name: "watch_for", label: "script.watch", hint: "set.one_a_line", most: 20, max: 400 },
      ],
      title: stepTitle,
      note: (item) => say("set.script_n", { n: (Array.isArray(item["say"]) ? item["say"] : []).length }),
      make: () => ({ step: "", text: "", say: [], watch_for: [] }),
      add: "set.script_add",
      empty: "set.script_none",
      most: 100,
    },
  ],
  reflection: [
    {
      kind: "list",
      name: "reflection",
      label: "set.reflection",
      item: [
        { kind: "text", name: "title", label: "set.item_title", max: 120, required: true },
        { kind: "long", name: "text", label: "set.item_text", max: 4000 },
      ],
      title: (item) => text(item["title"]),
      make: () => ({ id: "", title: "", text: "" }),
      add: "set.reflection_add",
      empty: "set.reflection_none",
      most: 20,
    },
  ],
  debriefs: [
    {
      kind: "list",
      name: "debriefs",
      label: "set.debriefs",
      item: [
        { kind: "text", name: "title", label: "set.item_title", max: 120, required: true },
        { kind: "long", name: "text", label: "set.debrief_aim", max: 4000 },
        { kind: "number", name: "minutes", label: "set.minutes", min: 0, max: 600 },
        {
          kind: "list",
          name: "prompts",
          label: "set.debrief_prompts",
          item: [
            { kind: "text", name: "title", label: "set.item_title", max: 120, required: true },
            { kind: "long", name: "text", label: "set.item_text", max: 4000 },
          ],
          title: (item) => text(item["title"]),
          make: () => ({ id: "", title: "", text: "" }),
          add: "set.debrief_prompt_add",
          empty: "set.debrief_prompts_none",
          most: 20,
        },
      ],
      title: (item) => text(item["title"]),
      note: (item) => say("set.debrief_n", { n: (Array.isArray(item["prompts"]) ? item["prompts"] : []).length }),
      make: () => ({ id: "", title: "", text: "", minutes: 60, prompts: [] }),
      add: "set.debriefs_add",
      empty: "set.debriefs_none",
      most: 20,
    },
  ],
  recruitment: [
    {
      kind: "list",
      name: "recruitment",
      label: "set.recruitment",
      item: [
        { kind: "choice", name: "field", label: "set.recruit_field", options: () => FIELDS_OF.map((value) => ({ value, text: fieldName(value) })) },
        { kind: "text", name: "value", label: "set.recruit_value", hint: "set.recruit_value_hint", max: 120, required: true },
        { kind: "number", name: "planned", label: "recruit.planned", min: 0, max: 10_000 },
        { kind: "number", name: "deployment_share", label: "set.recruit_share", hint: "set.recruit_share_hint", min: 0, max: 1, step: 0.01, optional: true },
      ],
      title: (item) => text(item["value"]),
      note: (item) => fieldName(text(item["field"])),
      make: () => ({ field: "position", value: "", planned: 0, deployment_share: null }),
      add: "set.recruit_add",
      empty: "set.recruit_none",
      most: 200,
    },
  ],
  managers: [{ kind: "lines", name: "managers", label: "set.managers", hint: "set.one_a_line", most: 100, max: 60 }],
} satisfies { [section: string]: readonly Spec[] };
