// What an organiser sets for a workshop, and the words that it works with, as the pages use them.

export const STEP_KINDS = ["welcome", "questions", "refine", "break", "bridge", "triples", "reflection", "close"] as const;
export type StepKind = (typeof STEP_KINDS)[number];

export interface Step {
  readonly id: string;
  readonly kind: StepKind;
  readonly title: string;
  readonly minutes: number;
  readonly text: string;
}

export interface Session {
  readonly id: string;
  readonly title: string;
  readonly steps: readonly Step[];
  /** After how many minutes of work without a break those who lead are warned; 0: never. */
  readonly without_break: number;
}

export interface ConsentItem {
  readonly id: string;
  readonly text: string;
  readonly consequence: string;
  readonly required?: boolean;
  readonly writers_only?: boolean;
}

export interface About {
  readonly title: string;
  readonly welcome: string;
  readonly fate: string;
  readonly warning: string;
  readonly contact: string;
  readonly language: string;
  readonly duration: string;
}

export interface GroupPlan {
  /** The id of a value of the taxonomy, or "". */
  readonly value: string;
  readonly call_url: string;
  readonly goal_questions: number;
  readonly goal_triples: number;
}

/** A scenario, a persona, a role card or a piece of advice. `value` is a scenario's alone. */
export interface Card {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly value?: string;
}

/** The steps of session 2: advice with the id of one is shown where that is written. */
export const ADVISED = ["misaligned", "critique", "aligned"] as const;
export type Advised = (typeof ADVISED)[number];

export interface TaskKind {
  readonly id: string;
  readonly label: string;
  readonly text: string;
}

export interface EntityValue {
  readonly value: string;
  /** Where it may be used; empty: everywhere. */
  readonly regions: readonly string[];
  readonly forbidden: readonly string[];
}

export interface EntityKind {
  readonly kind: string;
  readonly label: string;
  readonly values: readonly EntityValue[];
}

export interface HelperPlan {
  readonly enabled: boolean;
  readonly endpoints: readonly string[];
  readonly temperature: number;
  readonly max_tokens: number;
  readonly per_hour: number;
}

/** What a facilitator says and does in a step, in our words or the organiser's. */
export interface ScriptPart {
  readonly step: string;
  readonly text: string;
  readonly say: readonly string[];
  readonly watch_for: readonly string[];
}

/** How many people of a kind are wanted, and their share where the data will be used. */
export interface Wanted {
  readonly field: string;
  readonly value: string;
  readonly planned: number;
  readonly deployment_share?: number | null;
}

/** What those who led talk over afterwards: its aim, and under which prompts notes are taken. */
export interface Debrief {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly minutes: number;
  readonly prompts: readonly Card[];
}

export interface Template {
  readonly about: About;
  readonly sessions: readonly Session[];
  readonly consent: readonly ConsentItem[];
  readonly groups: { readonly [group: string]: GroupPlan };
  readonly cards: {
    readonly scenarios: readonly Card[];
    readonly personas: readonly Card[];
    readonly role_cards: readonly Card[];
    readonly advice: readonly Card[];
  };
  readonly tasks: readonly TaskKind[];
  readonly entities: { readonly regions: readonly string[]; readonly kinds: readonly EntityKind[] };
  readonly helper: HelperPlan;
  /** For those who lead; empty for others. */
  readonly script: readonly ScriptPart[];
  readonly recruitment: readonly Wanted[];
  /** Words of a position by which a manager is known. */
  readonly managers: readonly string[];
  /** What is asked when a group looks back: id, title, text. */
  readonly reflection: readonly Card[];
  /** For those who run the study; empty for others. */
  readonly debriefs: readonly Debrief[];
}

/** A topic, a type, a value dimension or a risk. What only values have may be absent. */
export interface Label {
  readonly id: string;
  readonly label: string;
  readonly definition: string;
  /** Whose word it is: the paper's, an organiser's, participants'. */
  readonly origin?: string;
  readonly group?: string;
  readonly harms?: readonly string[];
  readonly scope?: string;
  readonly references?: readonly string[];
  readonly examples?: readonly Example[];
}

export interface Example {
  readonly question: string;
  readonly misaligned: string;
  readonly critique: string;
  readonly aligned: string;
}

export interface Taxonomy {
  readonly version: number;
  readonly topics: readonly Label[];
  readonly question_types: readonly Label[];
  readonly values: readonly Label[];
  readonly risks: readonly Label[];
}

const PLAN: GroupPlan = { value: "", call_url: "", goal_questions: 10, goal_triples: 10 };

/** What is set for a group; the usual where nothing is. */
export function planOf(template: Template | null, group: string): GroupPlan {
  return { ...PLAN, ...template?.groups[group] };
}

/** A step with what stands around it. */
export interface Placed {
  readonly step: Step;
  readonly session: Session;
  /** The place of the session among the sessions, from 1. */
  readonly number: number;
  readonly next: Step | null;
}

/** Where a step stands in the programme; null when there is no such step (any more). */
export function placed(template: Template | null, id: string | null): Placed | null {
  const all = template?.sessions.flatMap((session, index) =>
    session.steps.map((step) => ({ step, session, number: index + 1 })),
  );
  const at = all?.findIndex(({ step }) => step.id === id) ?? -1;
  const found = all?.[at];
  return found === undefined ? null : { ...found, next: all?.[at + 1]?.step ?? null };
}

export type ActivityName = "questions" | "triples" | "reflection";

/** The activity whose board people look at in a step: at the bridge they read what they will write under. */
export function boardOf(kind: StepKind): ActivityName | null {
  return kind === "bridge" ? "triples" : activityOf(kind);
}

/** The activity whose board a step is spent at; null where there is none. */
export function activityOf(kind: StepKind): ActivityName | null {
  if (kind === "questions" || kind === "refine") return "questions";
  return kind === "triples" || kind === "reflection" ? kind : null;
}
