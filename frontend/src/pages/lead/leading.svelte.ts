// What the parts of the page share: who is there, how the groups are doing, and the names of people. The events of the
// workshop come by themselves; what the server counts is asked for now and then.

import { api, codeOf } from "../../api/api";
import type { Person, StudyHome, WorkshopProgress } from "../../api/shapes";
import type { Hall } from "../../facilitation.svelte";
import type { GuideStore } from "../../guide.svelte";
import { me } from "../../me.svelte";
import { roleName } from "../../roles";
import { say } from "../../words/words.svelte";

const EVERY_MS = 10_000;

export class Leading {
  readonly study: string;
  readonly person: string;
  readonly guide: GuideStore;
  readonly hall: Hall;
  home = $state.raw<StudyHome | null>(null);
  progress = $state.raw<WorkshopProgress | null>(null);
  people = $state.raw<readonly Person[]>([]);
  refusal = $state<string | null>(null);
  #asked = "";

  readonly groups: readonly string[] = $derived(this.home?.groups ?? []);
  /** Who guides the workshop, as far as it is known: moderators who joined, and who was seen at this page. */
  readonly moderators: readonly Person[] = $derived(this.people.filter(({ role, removed }) => role === "moderator" && !removed));

  constructor(guide: GuideStore, hall: Hall) {
    this.study = guide.study;
    this.person = hall.person;
    this.guide = guide;
    this.hall = hall;
  }

  /** The name of whoever did something here. */
  readonly nameOf = (id: string): string => {
    if (id === this.person) return me.now?.name ?? "";
    const found = this.people.find((each) => each.id === id)?.name || this.hall.names.get(id);
    // accounts that act here are organisers
    return found || (id.startsWith("a_") ? roleName("organiser") : say("person.someone"));
  };

  /** Look now, and from now on; the answer ends it. */
  watch(): () => void {
    void this.look();
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void this.look();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }

  readonly look = async (): Promise<void> => {
    const given = { path: { study: this.study } };
    try {
      this.home = await api.get("/api/studies/{study}", given);
      this.progress = await api.get("/api/studies/{study}/workshop/progress", given);
      this.refusal = null;
      // who takes part changes seldom
      const count = `${this.home.people}`;
      if (count === this.#asked) return;
      this.people = await api.get("/api/studies/{study}/people", given);
      this.#asked = count;
    } catch (error) {
      this.refusal = codeOf(error);
    }
  };
}
