// The lessons of a study as the server has them, and what is done with them. Each act ends in null, or in the code of why
// not; what came of it is said.

import { api, codeOf } from "../../api/api";
import type { Lessons } from "../../api/shapes";
import type { Json } from "../../sync";
import { type PlainKey, say } from "../../words/words.svelte";

export class Desk {
  readonly study: string;
  readonly person: string;
  readonly organiser: boolean;
  readonly leads: boolean;
  value = $state.raw<Lessons | null>(null);
  refusal = $state<string | null>(null);
  /** What was just done, for who listens. */
  said = $state("");
  /** What lessons may come from: addresses and how they read. */
  known = $state.raw<ReadonlyMap<string, string>>(new Map());

  constructor(study: string, person: string, role: string) {
    this.study = study;
    this.person = person;
    this.organiser = role === "organiser";
    this.leads = this.organiser || role === "moderator";
  }

  readonly look = async (): Promise<void> => {
    try {
      this.value = await api.get("/api/studies/{study}/lessons", { path: { study: this.study } });
      this.refusal = null;
    } catch (error) {
      this.refusal = codeOf(error);
    }
  };

  add(text: string, sources: readonly string[]): Promise<string | null> {
    return this.#done("lessons.said_added", async () => {
      await api.post("/api/studies/{study}/lessons", { path: { study: this.study }, body: { text, sources: [...sources] } });
      await this.look();
    });
  }

  word(id: string, text: string, sources: readonly string[]): Promise<string | null> {
    return this.#done(null, () => api.put("/api/studies/{study}/lessons/{id}", { path: this.#path(id), body: { text, sources: [...sources] } }));
  }

  remove(id: string): Promise<string | null> {
    return this.#done("lessons.said_removed", () => api.delete("/api/studies/{study}/lessons/{id}", { path: this.#path(id) }));
  }

  decide(id: string, accepted: boolean | null, reason: string): Promise<string | null> {
    const word = accepted === null ? "lessons.said_open" : accepted ? "lessons.said_accepted" : "lessons.said_declined";
    return this.#done(word, async () => {
      const came = await api.post("/api/studies/{study}/lessons/{id}/decision", { path: this.#path(id), body: { accepted, reason } });
      const enters = came.lessons.find((each) => each.id === id)?.state !== "look_again";
      return enters ? came : [came, "lessons.said_accepted_not"];
    });
  }

  propose(id: string, section: string, value: Json, before: Json): Promise<string | null> {
    return this.#done("lessons.said_proposed", () => this.#change(id, section, { value, before }));
  }

  withdraw(id: string, section: string): Promise<string | null> {
    return this.#done(null, () => this.#change(id, section, { value: null, before: null }));
  }

  #change(id: string, section: string, body: { value: Json; before: Json }): Promise<Lessons> {
    return api.put("/api/studies/{study}/lessons/{id}/changes/{section}", { path: { ...this.#path(id), section }, body });
  }

  #path(id: string): { study: string; id: string } {
    return { study: this.study, id };
  }

  async #done(word: PlainKey | null, act: () => Promise<Lessons | readonly [Lessons, PlainKey] | void>): Promise<string | null> {
    this.said = "";
    try {
      const came = await act();
      const [value, other] = Array.isArray(came) ? (came as readonly [Lessons, PlainKey]) : [came as Lessons | undefined, word];
      if (value !== undefined) this.value = value;
      if (other !== null) this.said = say(other);
      return null;
    } catch (error) {
      return codeOf(error);
    }
  }
}
