// The document "facilitation" of a study, kept live while something shows it.
//
//     const hall = hallOf(study, person);          // in a component: call it once
//     $effect(() => hall.hold());
//     hall.questions                                // what this person may see of it, see facilitation.ts
//     await hall.command("question.ask", {…})       // an Answer; never rejects

import { untrack } from "svelte";
import {
  answeredBy, type CheckIn, checkInsOf, type Intervention, interventionsOf, type Question, questionsOf, type Rating, ratingsOf,
  trainedOf, type Written, writtenOf,
} from "./facilitation";
import { me } from "./me.svelte";
import { studyOf } from "./studies";
import type { Answer, Json, Snapshot } from "./sync";

/** What a snapshot says, read once however many components look. Not derived: a component's end would end that too. */
interface Told {
  readonly questions: readonly Question[];
  readonly messages: readonly Written[];
  readonly notes: readonly Written[];
  readonly interventions: readonly Intervention[];
  readonly checkIns: readonly CheckIn[];
  /** The check-ins that this person answered. */
  readonly answered: ReadonlySet<string>;
  readonly ratings: readonly Rating[];
  /** The version of the script that each confirmed. */
  readonly trained: ReadonlyMap<string, number>;
}

const told = (snapshot: Snapshot, person: string): Told => ({
  questions: questionsOf(snapshot),
  messages: writtenOf(snapshot, "messages"),
  notes: writtenOf(snapshot, "notes"),
  interventions: interventionsOf(snapshot),
  checkIns: checkInsOf(snapshot),
  answered: answeredBy(snapshot, person),
  ratings: ratingsOf(snapshot),
  trained: trainedOf(snapshot),
});

export class Hall {
  readonly study: string;
  readonly person: string;
  #told = $state.raw<Told>(told({}, ""));
  #here = $state(false);
  #code = $state<string | null>(null);
  /** The names of those who were seen there, by id: of accounts no list says them. */
  names = $state.raw<ReadonlyMap<string, string>>(new Map());
  #holders = 0;
  #stop: (() => void) | null = null;

  constructor(study: string, person: string) {
    this.study = study;
    this.person = person;
  }

  /** Whether it is here, and open to this person. */
  get ready(): boolean {
    return this.#here && this.#code === null;
  }

  get questions(): Told["questions"] {
    return this.#told.questions;
  }

  get messages(): Told["messages"] {
    return this.#told.messages;
  }

  get notes(): Told["notes"] {
    return this.#told.notes;
  }

  get interventions(): Told["interventions"] {
    return this.#told.interventions;
  }

  get checkIns(): Told["checkIns"] {
    return this.#told.checkIns;
  }

  get answered(): Told["answered"] {
    return this.#told.answered;
  }

  get ratings(): Told["ratings"] {
    return this.#told.ratings;
  }

  get trained(): Told["trained"] {
    return this.#told.trained;
  }

  /** The code of why it is not open. */
  get code(): string | null {
    return this.#code;
  }

  /** Only while it is held. */
  command(kind: string, args: { readonly [key: string]: Json } = {}): Promise<Answer> {
    return studyOf(this.study, this.person).document("facilitation").command(kind, args);
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

  #follow(): () => void {
    const door = studyOf(this.study, this.person).document("facilitation");
    const stops = [
      door.access.subscribe(({ state, code }) => (this.#code = state === "closed" ? (code ?? "unknown") : null)),
      door.state.subscribe((snapshot) => {
        if (Object.keys(snapshot).length === 0) return; // not here yet
        this.#told = told(snapshot, this.person);
        this.#here = true;
      }),
    ];
    stops.push(
      door.people.subscribe((people) => {
        const known = untrack(() => this.names);
        if (people.every(({ person, name }) => name === "" || known.get(person) === name)) return;
        this.names = new Map([...known, ...people.map(({ person, name }): [string, string] => [person, name])]);
      }),
    );
    return () => {
      for (const stop of stops) stop();
      door.leave();
    };
  }
}

const halls = new Map<string, Hall>();

/** What passes between groups and their guides, for who is signed in. The same for all components of this page. */
export function hallOf(study: string, person: string): Hall {
  const key = `${study}\n${person}`;
  let found = halls.get(key);
  if (found === undefined) halls.set(key, (found = new Hall(study, person)));
  return found;
}

me.changed(() => halls.clear());
