// The names of who had a hand in a board: who is here is named by presence, who left is asked for.

import { api } from "../../api/api";
import type { Snapshot } from "../../sync";

export class Names {
  /** By person; "" for who is anonymous in the group. */
  #told = $state.raw<ReadonlyMap<string, string>>(new Map());
  readonly #asked = new Set<string>();
  readonly #path: { study: string; group: string; activity: string };

  constructor(study: string, group: string, activity: string) {
    this.#path = { study, group, activity };
  }

  of(person: string): string {
    return this.#told.get(person) ?? "";
  }

  /** Ask for those who are named in `snapshot` and whom `known` does not hold; each is asked for once. */
  look(snapshot: Snapshot, known: ReadonlyMap<string, string>): void {
    const missing = peopleOf(snapshot).filter((id) => !known.has(id) && !this.#asked.has(id));
    if (missing.length === 0) return;
    for (const id of missing) this.#asked.add(id);
    void this.#ask();
  }

  async #ask(): Promise<void> {
    try {
      const said = await api.get("/api/studies/{study}/boards/{group}/{activity}/people", { path: this.#path });
      this.#told = new Map(Object.entries(said));
    } catch {
      // without a network the names come with the next newcomer; until then it is "Someone"
      this.#asked.clear();
    }
  }
}

/** Who was given a client to type under, once each. */
function peopleOf(snapshot: Snapshot): string[] {
  const found = new Set<string>();
  for (const issued of Object.values(snapshot["clients"] ?? {}))
    if (typeof issued === "object" && issued !== null && "person" in issued && typeof issued["person"] === "string")
      found.add(issued["person"]);
  return [...found];
}
