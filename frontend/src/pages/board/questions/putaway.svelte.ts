// Hints that this person has put away, on this device.

import { SvelteSet } from "svelte/reactivity";
import { keep, kept } from "../../../look/kept";
import type { Hint } from "./hints";

const MOST = 500;

/** The same hint about the same rows; a text that changes does not bring it back. */
const keyOf = (hint: Hint): string => [hint.kind, hint.row, "other" in hint ? hint.other : ""].join(":");

export class PutAway {
  readonly #name: string;
  readonly #keys: SvelteSet<string>;

  constructor(board: string) {
    this.#name = `hints.${board}`;
    this.#keys = new SvelteSet((kept(this.#name) ?? "").split(" ").filter(Boolean));
  }

  has(hint: Hint): boolean {
    return this.#keys.has(keyOf(hint));
  }

  add(hint: Hint): void {
    this.#keys.add(keyOf(hint));
    keep(this.#name, [...this.#keys].slice(-MOST).join(" "));
  }
}
