// The sections of the set-up: how each is read from the guide, and how it goes back to the server.

import { api } from "../../api/api";
import type { Taxonomy, Template } from "../../guide.svelte";
import { planOf } from "../../template";
import type { PlainKey } from "../../words/words.svelte";
import type { Json } from "../../sync";
import { FIELDS, labelled } from "./fields";
import type { Spec } from "./spec";
import { idOf, type Item, items, plain, text } from "./values";

export type SectionName = keyof typeof FIELDS;
export const SECTIONS = Object.keys(FIELDS) as readonly SectionName[];

export interface Kept {
  readonly template: Template;
  readonly taxonomy: Taxonomy;
}

export interface Section {
  readonly title: PlainKey;
  readonly lead: PlainKey;
  readonly specs: readonly Spec[];
  /** Of the labels, which have versions; all else is the programme's. */
  readonly labels: boolean;
  /** The section as it stands on the server, ready to be edited. */
  readonly open: (kept: Kept, groups: readonly string[]) => Item;
  /** What was edited, with the ids that are still lacking. */
  readonly complete: (draft: Item) => Item;
  /** What was edited, as the programme has it; null for labels. */
  readonly json: ((draft: Item, kept: Kept) => Json) | null;
  /** Save it; the version that it then is. Rejects with Refused. */
  readonly put: (study: string, draft: Item, kept: Kept) => Promise<number>;
}

const clone = (value: unknown): Item => structuredClone(value) as Item;

const asIs = (draft: Item): Item => draft;

/** Each thing of a list with an id of its own, made of its title where it has none. */
function withIds(list: Json | undefined, from: string, name = "id", taken = new Set<string>()): Json {
  const all = items(list);
  for (const item of all) if (text(item[name]) !== "") taken.add(text(item[name]));
  return all.map((item) => {
    if (text(item[name]) !== "") return item;
    const made = idOf(text(item[from]), taken);
    taken.add(made);
    return { ...item, [name]: made };
  });
}

/** A section of the programme. One that is a list is edited under its own name. */
function programme(
  name: Exclude<SectionName, "labels" | "values">,
  title: PlainKey,
  lead: PlainKey,
  more: { json?: (draft: Item) => Json } & Partial<Omit<Section, "json">> = {},
): Section {
  const json = (draft: Item, kept: Kept): Json => {
    const value = plain(draft);
    return Array.isArray(kept.template[name]) ? (value[name] ?? null) : value;
  };
  return {
    title,
    lead,
    specs: FIELDS[name],
    labels: false,
    open: ({ template: { [name]: value } }) => clone(Array.isArray(value) ? { [name]: value } : value),
    complete: asIs,
    json,
    put: (study, draft, kept) => putSection(study, name, (more.json ?? json)(draft, kept), kept),
    ...more,
  };
}

async function putSection(study: string, section: keyof Template, value: Json, { template }: Kept): Promise<number> {
  const said = await api.put("/api/studies/{study}/template/{section}", {
    path: { study, section },
    body: { value, before: template[section] },
  });
  return said.template_version;
}

type Asked = Parameters<typeof putLabels>[1];

async function putLabels(
  study: string,
  { topics, question_types, values, risks, version }: { topics: Json; question_types: Json; values: Json; risks: readonly string[]; version: number },
): Promise<number> {
  const body = { topics, question_types, values, risks, version, note: "" };
  // the shapes are those of the fields; the server looks at each
  const said = await api.put("/api/studies/{study}/taxonomy", { path: { study }, body: body as never });
  return said.version;
}

function asked({ taxonomy }: Kept, changed: Partial<Asked>): Asked {
  const { topics, question_types, values, risks, version } = taxonomy;
  return {
    ...clone({ topics, question_types, values }),
    risks: risks.map((risk) => risk.label),
    version,
    ...changed,
  } as Asked;
}

export const SECTION: Record<SectionName, Section> = {
  about: programme("about", "set.about", "set.about_lead"),
  consent: programme("consent", "set.consent", "set.consent_lead", {
    complete: (draft) => ({ ...draft, consent: withIds(draft["consent"], "text") }),
  }),
  sessions: programme("sessions", "set.sessions", "set.sessions_lead", {
    complete: (draft) => {
      // a step's id is its own in all sessions
      const taken = new Set(items(draft["sessions"]).flatMap((session) => items(session["steps"]).map((step) => text(step["id"]))));
      const sessions = items(withIds(draft["sessions"], "title"));
      return { ...draft, sessions: sessions.map((session) => ({ ...session, steps: withIds(session["steps"], "title", "id", taken) })) };
    },
  }),
  script: programme("script", "set.script", "set.script_lead"),
  reflection: programme("reflection", "set.reflection", "set.reflection_lead", {
    complete: (draft) => ({ ...draft, reflection: withIds(draft["reflection"], "title") }),
  }),
  debriefs: programme("debriefs", "set.debriefs", "set.debriefs_lead", {
    complete: (draft) => ({
      ...draft,
      debriefs: items(withIds(draft["debriefs"], "title")).map((debrief) => ({ ...debrief, prompts: withIds(debrief["prompts"], "title") })),
    }),
  }),
  recruitment: programme("recruitment", "set.recruitment", "set.recruitment_lead"),
  managers: programme("managers", "set.managers", "set.managers_lead"),
  groups: programme("groups", "set.groups", "set.groups_lead", {
    open: ({ template }, groups) => ({
      groups: [...new Set([...Object.keys(template.groups), ...groups])]
        .sort((a, b) => a.localeCompare(b, undefined, { numeric: true }))
        .map((group) => ({ group, ...planOf(template, group) })),
    }),
    json: (draft) => Object.fromEntries(items(plain(draft)["groups"]).map(({ group, ...plan }) => [text(group).trim(), plan])),
  }),
  labels: {
    title: "set.labels",
    lead: "set.labels_lead",
    specs: FIELDS.labels,
    labels: true,
    open: ({ taxonomy: { topics, question_types, risks } }) =>
      clone({ topics, question_types, risks: risks.map(({ id, label }) => ({ id, label })) }),
    complete: asIs,
    json: null,
    put: (study, draft, kept) => {
      const { topics = [], question_types = [], risks } = plain(draft);
      return putLabels(study, asked(kept, { topics, question_types, risks: items(risks).map(labelled) }));
    },
  },
  values: {
    title: "set.values",
    lead: "set.values_lead",
    specs: FIELDS.values,
    labels: true,
    open: ({ taxonomy }) => clone({ values: taxonomy.values }),
    complete: asIs,
    json: null,
    put: (study, draft, kept) => putLabels(study, asked(kept, { values: plain(draft)["values"] ?? [] })),
  },
  cards: programme("cards", "set.cards", "set.cards_lead", {
    complete: (draft) => ({
      ...draft,
      ...Object.fromEntries(["scenarios", "personas", "role_cards", "advice"].map((name) => [name, withIds(draft[name], "title")])),
    }),
  }),
  tasks: programme("tasks", "set.tasks", "set.tasks_lead", {
    complete: (draft) => ({ ...draft, tasks: withIds(draft["tasks"], "label") }),
  }),
  entities: programme("entities", "set.entities", "set.entities_lead", {
    complete: (draft) => ({ ...draft, kinds: withIds(draft["kinds"], "label", "kind") }),
  }),
  helper: programme("helper", "set.helper", "set.helper_lead"),
};
