// What a page has to know of the workshop: the organiser's programme and words, the taxonomy, the step of now, and what
// this person said at the door. One for a study; it keeps itself fresh by the live agenda, or by asking now and then.
//
//     const guide = guideOf(study, person);   // in a component: call it once, read its getters in the markup
//     guide.value                              // Guide | null (null: not here yet; guide.failed says why)
//     guide.now                                // Placed | null: the step of now {step, session, number, next}
//     guide.timer                              // StepTimer | null: what is left of that step's time
//     guide.pause                              // Pause | null: a break, while it lasts
//     guide.announcements                      // Announcement[] to this person, newest first
//     guide.plan(group)                        // GroupPlan: value, call_url, goals
//     guide.label("values", id)                // a label of the taxonomy, by its id or its words
//     await guide.ask()                        // anew from the server; never rejects
//     await guide.command("timer.set", {…})    // as a facilitator: something of the agenda
//     guide.hold()                             // keep it live while a component stands: call it in $effect(() => guide.hold())

import { type Announcement, announcementsOf, isEntry, type Moment, momentOf, type Pause, type StepTimer } from "./agenda";
import { api, Refused } from "./api/api";
import { me } from "./me.svelte";
import { studyOf } from "./studies";
import type { Answer, Json, Snapshot } from "./sync";
import { type GroupPlan, type Label, placed, type Placed, planOf, type Taxonomy, type Template } from "./template";

export type * from "./template";

export type Misaligned = "write" | "opt_out" | null;

export interface Profile {
  readonly position: string;
  readonly background: string;
  readonly place: string;
  readonly positionality: string;
}

export interface GuideMe {
  readonly person: string;
  readonly name: string;
  readonly role: string;
  readonly group: string;
  readonly anonymous: boolean;
  readonly consent: { readonly [id: string]: boolean } | null;
  readonly misaligned: Misaligned;
  readonly profile: Profile | null;
}

export interface Guide {
  readonly me: GuideMe;
  readonly template: Template;
  readonly template_version: number;
  readonly now: { readonly step: string | null; readonly at: string };
  readonly taxonomy: Taxonomy;
}

type LabelKind = "topics" | "question_types" | "values" | "risks";
const EVERY_MS = 20_000; // where the agenda cannot be had live

/** Roles that belong to one group; the others see what is said to any. */
const IN_A_GROUP = new Set(["participant", "observer"]);
const MINUTE = 60_000;

export class GuideStore {
  readonly study: string;
  readonly #person: string;
  #value = $state.raw<Guide | null>(null);
  #failed = $state<string | null>(null);
  #told = $state.raw<Moment | null>(null);
  #agenda = $state.raw<Snapshot>({});
  #live = $state(false);
  #holders = 0;
  #stop: (() => void) | null = null;
  #asking: Promise<void> | null = null;
  #versions = "";

  constructor(study: string, person: string) {
    this.study = study;
    this.#person = person;
    void this.ask();
  }

  get value(): Guide | null {
    return this.#value;
  }

  /** The code of why there is no guide, or no fresh one. */
  get failed(): string | null {
    return this.#failed;
  }

  /** Whether steps arrive by themselves, at once. */
  get live(): boolean {
    return this.#live;
  }

  get template(): Template | null {
    return this.#value?.template ?? null;
  }

  get taxonomy(): Taxonomy | null {
    return this.#value?.taxonomy ?? null;
  }

  get me(): GuideMe | null {
    return this.#value?.me ?? null;
  }

  get now(): Placed | null {
    return placed(this.template, this.#now?.step ?? null);
  }

  /** The id of the step of now, also where the programme has it no more. */
  get step(): string | null {
    return this.#now?.step ?? null;
  }

  get timer(): StepTimer | null {
    const timer = this.#now?.timer;
    if (timer !== undefined) return timer;
    // asked for once, and not told of a timer: the whole step, from when it began
    const at = Date.parse(this.#now?.at ?? "");
    const minutes = this.now?.step.minutes ?? 0;
    return Number.isNaN(at) || minutes === 0 ? null : { left: minutes * MINUTE, running: true, at };
  }

  get pause(): Pause | null {
    return this.#now?.pause ?? null;
  }

  get announcements(): readonly Announcement[] {
    const me = this.me;
    return announcementsOf(this.#agenda, me !== null && IN_A_GROUP.has(me.role) ? me.group : null);
  }

  plan(group: string): GroupPlan {
    return planOf(this.template, group);
  }

  label(of: LabelKind, name: string): Label | undefined {
    const wanted = name.trim().toLocaleLowerCase();
    return this.taxonomy?.[of].find(
      (each) => each.id === name || (wanted !== "" && each.label.toLocaleLowerCase() === wanted),
    );
  }

  /** The version of the programme at which the script was last set; 0: as it is shipped. */
  get scriptVersion(): number {
    const about = this.#agenda["about"]?.["main"];
    return isEntry(about) && typeof about["script"] === "number" ? about["script"] : 0;
  }

  /** Something of the agenda: the timer, a break, an announcement. Only while it is held. */
  command(kind: string, args: { readonly [key: string]: Json } = {}): Promise<Answer> {
    return studyOf(this.study, this.#person).document("agenda").command(kind, args);
  }

  ask(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = null));
    return this.#asking;
  }

  /** Keep it live; the answer lets go. */
  hold(): () => void {
    if (this.#holders++ === 0) this.#stop = this.#follow();
    return () => {
      if (--this.#holders > 0) return;
      this.#stop?.();
      this.#stop = null;
    };
  }

  async #ask(): Promise<void> {
    try {
      // what has a default may be left out when it is asked for; in an answer nothing is
      this.#value = (await api.get("/api/studies/{study}/guide", { path: { study: this.study } })) as Guide;
      this.#failed = null;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#failed = error.code;
    }
  }

  get #now(): Moment | null {
    // the agenda is fresher than what was asked for once, except where it cannot be had
    return (this.#live ? this.#told : null) ?? momentOf(this.#value?.now);
  }

  #follow(): () => void {
    const agenda = studyOf(this.study, this.#person).document("agenda");
    const stops = [
      agenda.access.subscribe(({ state }) => {
        if (state === "closed") this.#live = false;
      }),
      agenda.state.subscribe((snapshot) => {
        const now = momentOf(snapshot["now"]?.["main"]);
        if (now === null) return;
        this.#told = now;
        this.#agenda = snapshot;
        this.#live = true;
        // the programme or the taxonomy is another: the snapshot says so, and the whole is asked for
        const versions = JSON.stringify([snapshot["about"]?.["main"] ?? null, snapshot["taxonomy"]?.["main"] ?? null]);
        const anew = this.#versions !== "" && this.#versions !== versions;
        this.#versions = versions;
        if (anew) void this.ask();
      }),
    ];
    const timer = setInterval(() => {
      if (!this.#live && document.visibilityState === "visible") void this.ask();
    }, EVERY_MS);
    return () => {
      clearInterval(timer);
      for (const stop of stops) stop();
      agenda.leave();
      this.#live = false;
    };
  }
}

const guides = new Map<string, GuideStore>();

/** The guide of a study for who is signed in. The same one for all components of this page. */
export function guideOf(study: string, person: string): GuideStore {
  const key = `${study}\n${person}`;
  let found = guides.get(key);
  if (found === undefined) guides.set(key, (found = new GuideStore(study, person)));
  return found;
}

me.changed(() => guides.clear());
