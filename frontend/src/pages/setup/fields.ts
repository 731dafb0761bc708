// What the sections of the set-up are made of: the fields of each, and the things in its lists, in the order of the page.

import { STEP_KINDS } from "../../template";
import { LANGUAGES, type PlainKey, say, sayList } from "../../words/words.svelte";
import { LEADING } from "./leading";
import type { Around, ListSpec, Option, Spec } from "./spec";
import { type Item, items, text, words } from "./values";

const TITLE = { kind: "text", name: "title", label: "set.item_title", max: 120, required: true } as const;
const LABEL = { kind: "text", name: "label", label: "set.item_label", max: 120, required: true } as const;
const TEXT = { kind: "long", name: "text", label: "set.item_text", max: 4000 } as const;
const DEFINITION = { kind: "long", name: "definition", label: "set.definition", max: 4000 } as const;

const titled = (item: Item): string => text(item["title"]);
export const labelled = (item: Item): string => text(item["label"]);

const sum = (session: Item): number =>
  items(session["steps"]).reduce((total, step) => total + (typeof step["minutes"] === "number" ? step["minutes"] : 0), 0);

function valueOptions({ values }: Around): readonly Option[] {
  return [{ value: "", text: say("set.value_none") }, ...values.map(({ id, label }) => ({ value: id, text: label }))];
}

const valueName = (id: string, { values }: Around): string => values.find((value) => value.id === id)?.label ?? "";

function regions({ root }: Around): readonly Option[] {
  return words(root["regions"]).map((value) => ({ value, text: value }));
}

function kindName(kind: string): string {
  const known = STEP_KINDS.find((each) => each === kind);
  return known === undefined ? kind : say(`step.${known}`);
}

const STEPS: ListSpec = {
  kind: "list",
  name: "steps",
  label: "set.steps",
  item: [
    TITLE,
    {
      kind: "choice",
      name: "kind",
      label: "set.step_kind",
      hint: "set.step_kind_hint",
      options: () => STEP_KINDS.map((value) => ({ value, text: say(`step.${value}`) })),
    },
    { kind: "number", name: "minutes", label: "set.minutes", hint: "set.minutes_hint", min: 0, max: 600 },
    { ...TEXT, label: "set.step_text" },
  ],
  title: titled,
  note: (step) => [kindName(text(step["kind"])), say("set.minutes_n", { n: Number(step["minutes"] ?? 0) })].join(" · "),
  make: () => ({ id: "", kind: "questions", title: "", minutes: 10, text: "" }),
  add: "set.step_add",
  empty: "set.steps_none",
  most: 30,
};

function cards(name: string, label: PlainKey, hint: PlainKey, add: PlainKey, more: readonly Spec[] = []): ListSpec {
  return {
    kind: "list",
    name,
    label,
    hint,
    item: [TITLE, TEXT, ...more],
    title: titled,
    ...(more.length > 0 ? { note: (item, around) => valueName(text(item["value"]), around) } : {}),
    make: () => ({ id: "", title: "", text: "", ...(more.length > 0 ? { value: "" } : {}) }),
    add,
    empty: "set.cards_none",
    most: 60,
  };
}

function labels(name: string, label: PlainKey, hint: PlainKey, add: PlainKey): ListSpec {
  return {
    kind: "list",
    name,
    label,
    hint,
    item: [{ ...LABEL, max: 200 }, DEFINITION],
    title: labelled,
    note: (item) =>
      item["origin"] !== "participants"
        ? ""
        : text(item["group"]) === ""
          ? say("set.from_participants")
          : say("set.from_group", { group: text(item["group"]) }),
    make: () => ({ id: "", label: "", definition: "", origin: "predefined", group: "" }),
    add,
    empty: "set.labels_none",
    most: 200,
    least: 1,
    unique: "label",
  };
}

export const FIELDS = {
  about: [
    { ...TITLE, label: "set.about_title" },
    { kind: "long", name: "welcome", label: "set.about_welcome", hint: "set.about_welcome_hint", max: 4000 },
    { kind: "text", name: "duration", label: "set.about_duration", max: 400 },
    { kind: "long", name: "fate", label: "set.about_fate", hint: "set.about_fate_hint", max: 4000 },
    { kind: "long", name: "warning", label: "set.about_warning", hint: "set.about_warning_hint", max: 4000 },
    { kind: "long", name: "contact", label: "set.about_contact", hint: "set.about_contact_hint", max: 400 },
    {
      kind: "choice",
      name: "language",
      label: "set.about_language",
      hint: "set.about_language_hint",
      options: () => Object.entries(LANGUAGES).map(([value, text]) => ({ value, text })),
    },
  ],
  consent: [
    {
      kind: "list",
      name: "consent",
      label: "set.consent_items",
      item: [
        { ...TEXT, label: "set.consent_text", required: true },
        { kind: "long", name: "consequence", label: "set.consent_consequence", max: 4000 },
        { kind: "flag", name: "required", label: "set.consent_required", hint: "set.consent_required_hint" },
        { kind: "flag", name: "writers_only", label: "set.consent_writers", hint: "set.consent_writers_hint" },
      ],
      title: (item) => text(item["text"]),
      note: (item) => (item["required"] === true ? say("set.consent_is_required") : ""),
      make: () => ({ id: "", text: "", consequence: "", required: false, writers_only: false }),
      add: "set.consent_add",
      empty: "set.consent_none",
      most: 20,
    },
  ],
  sessions: [
    {
      kind: "list",
      name: "sessions",
      label: "set.sessions",
      item: [
        TITLE,
        { kind: "number", name: "without_break", label: "set.without_break", hint: "set.without_break_hint", min: 0, max: 600 },
        STEPS,
      ],
      title: titled,
      note: (session) =>
        [say("set.steps_n", { n: items(session["steps"]).length }), say("set.minutes_n", { n: sum(session) })].join(" · "),
      make: () => ({ id: "", title: "", without_break: 60, steps: [] }),
      add: "set.session_add",
      empty: "set.sessions_none",
      most: 12,
    },
  ],
  ...LEADING,
  groups: [
    {
      kind: "list",
      name: "groups",
      label: "set.groups",
      item: [
        {
          kind: "text",
          name: "group",
          label: "set.group_name",
          hint: "group.name_hint",
          max: 32,
          required: true,
          pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/,
          wrong: "set.fault_group",
        },
        { kind: "choice", name: "value", label: "set.group_value", hint: "set.group_value_hint", options: valueOptions },
        {
          kind: "text",
          name: "call_url",
          label: "set.group_call",
          hint: "set.group_call_hint",
          max: 480,
          pattern: /^https:\/\/[!-~]+$/,
          wrong: "set.fault_https",
        },
        { kind: "number", name: "goal_questions", label: "set.group_goal_questions", min: 0, max: 500 },
        { kind: "number", name: "goal_triples", label: "set.group_goal_triples", min: 0, max: 500 },
      ],
      title: (item) => (text(item["group"]) === "" ? "" : say("group_named", { group: text(item["group"]) })),
      note: (item, around) =>
        [
          valueName(text(item["value"]), around),
          text(item["group"]) !== "" && !around.groups.includes(text(item["group"])) ? say("set.group_unmade") : "",
        ]
          .filter(Boolean)
          .join(" · "),
      make: () => ({ group: "", value: "", call_url: "", goal_questions: 10, goal_triples: 10 }),
      add: "set.group_add",
      empty: "set.groups_none",
      most: 200,
      unique: "group",
    },
  ],
  labels: [
    labels("topics", "set.topics", "set.topics_hint", "set.topic_add"),
    labels("question_types", "set.types", "set.types_hint", "set.type_add"),
    {
      kind: "list",
      name: "risks",
      label: "set.risks",
      hint: "set.risks_hint",
      item: [{ ...LABEL, max: 200 }],
      title: labelled,
      make: () => ({ id: "", label: "" }),
      add: "set.risk_add",
      empty: "set.labels_none",
      most: 200,
      unique: "label",
      flat: true,
    },
  ],
  values: [
    {
      kind: "list",
      name: "values",
      label: "set.values",
      item: [
        { ...LABEL, max: 200 },
        DEFINITION,
        { kind: "lines", name: "harms", label: "set.harms", hint: "set.one_a_line", most: 50, max: 4000 },
        { kind: "long", name: "scope", label: "set.scope", hint: "set.scope_hint", max: 4000 },
        { kind: "lines", name: "references", label: "set.references", hint: "set.one_a_line", most: 50, max: 4000 },
        {
          kind: "list",
          name: "examples",
          label: "set.examples",
          hint: "set.examples_hint",
          item: [
            { kind: "long", name: "question", label: "column.question", max: 4000, required: true },
            { kind: "long", name: "misaligned", label: "column.misaligned", max: 4000, required: true },
            { kind: "long", name: "critique", label: "column.critique", max: 4000, required: true },
            { kind: "long", name: "aligned", label: "column.aligned", max: 4000, required: true },
          ],
          title: (item) => text(item["question"]),
          make: () => ({ question: "", misaligned: "", critique: "", aligned: "" }),
          add: "set.example_add",
          empty: "set.examples_none",
          most: 50,
        },
      ],
      title: labelled,
      note: (item) => say("set.examples_n", { n: items(item["examples"]).length }),
      make: () => ({ id: "", label: "", definition: "", harms: [], scope: "", references: [], examples: [] }),
      add: "set.value_add",
      empty: "set.labels_none",
      most: 100,
      least: 1,
      unique: "label",
    },
  ],
  cards: [
    cards("scenarios", "set.scenarios", "set.scenarios_hint", "set.scenario_add", [
      { kind: "choice", name: "value", label: "set.scenario_value", options: valueOptions },
    ]),
    cards("personas", "set.personas", "set.personas_hint", "set.persona_add"),
    cards("role_cards", "set.role_cards", "set.role_cards_hint", "set.role_card_add"),
    cards("advice", "set.advice", "set.advice_hint", "set.advice_add"),
  ],
  tasks: [
    {
      kind: "list",
      name: "tasks",
      label: "set.tasks",
      item: [LABEL, TEXT],
      title: labelled,
      make: () => ({ id: "", label: "", text: "" }),
      add: "set.task_add",
      empty: "set.cards_none",
      most: 30,
    },
  ],
  entities: [
    { kind: "lines", name: "regions", label: "set.regions", hint: "set.regions_hint", most: 100, max: 60 },
    {
      kind: "list",
      name: "kinds",
      label: "set.kinds",
      item: [
        LABEL,
        {
          kind: "list",
          name: "values",
          label: "set.kind_values",
          item: [
            { kind: "text", name: "value", label: "set.kind_value", max: 120, required: true },
            { kind: "set", name: "regions", label: "set.allowed_in", hint: "set.allowed_hint", options: regions },
            { kind: "set", name: "forbidden", label: "set.forbidden_in", options: regions, apart: "regions" },
          ],
          title: (item) => text(item["value"]),
          note: (item) =>
            [
              words(item["regions"]).length > 0 ? say("set.only_in", { regions: sayList(words(item["regions"])) }) : "",
              words(item["forbidden"]).length > 0 ? say("set.not_in", { regions: sayList(words(item["forbidden"])) }) : "",
            ]
              .filter(Boolean)
              .join(" · "),
          make: () => ({ value: "", regions: [], forbidden: [] }),
          add: "set.kind_value_add",
          empty: "set.kind_values_none",
          most: 300,
          unique: "value",
        },
      ],
      title: labelled,
      note: (item) => say("set.kind_values_n", { n: items(item["values"]).length }),
      make: () => ({ kind: "", label: "", values: [] }),
      add: "set.kind_add",
      empty: "set.kinds_none",
      most: 30,
    },
  ],
  helper: [
    { kind: "flag", name: "enabled", label: "set.helper_enabled" },
    {
      kind: "set",
      name: "endpoints",
      label: "set.helper_models",
      hint: "set.helper_models_hint",
      options: ({ endpoints }) =>
        endpoints.map((value) => ({ value, text: value === "embedded" ? say("set.helper_embedded") : value })),
    },
    { kind: "number", name: "per_hour", label: "set.helper_per_hour", hint: "set.helper_per_hour_hint", min: 0, max: 10_000 },
    { kind: "number", name: "temperature", label: "set.helper_temperature", hint: "set.helper_temperature_hint", min: 0, max: 2, step: 0.1 },
    { kind: "number", name: "max_tokens", label: "set.helper_tokens", hint: "set.helper_tokens_hint", min: 16, max: 8192 },
  ],
} satisfies { [section: string]: readonly Spec[] };
