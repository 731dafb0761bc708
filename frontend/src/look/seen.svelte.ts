// What this person has put away, on this device: each is named by an id.

import { SvelteSet } from "svelte/reactivity";
import { keep, kept } from "./kept";

const MOST = 500;

export class Seen {
  readonly #name: string;
  readonly #ids: SvelteSet<string>;

  /** `name`: of what, where and whose. */
  constructor(name: string) {
    this.#name = name;
    this.#ids = new SvelteSet((kept(name) ?? "").split(" ").filter(Boolean));
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(...ids: string[]): void {
    for (const id of ids) this.#ids.add(id);
    keep(this.#name, [...this.#ids].slice(-MOST).join(" "));
  }
}
