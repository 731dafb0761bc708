// Something that a page asks the server for: what came, or why not, and the way to ask again.

import { codeOf } from "../../api/api";
import { address } from "../../addresses";
import { go, here } from "../../router.svelte";

export class Loaded<T> {
  value = $state.raw<T | null>(null);
  refusal = $state<string | null>(null);
  #ask: () => Promise<T>;
  #turn = 0;

  constructor(ask: () => Promise<T>) {
    this.#ask = ask;
  }

  look = async (): Promise<void> => {
    const turn = ++this.#turn;
    try {
      const came = await this.#ask();
      if (turn !== this.#turn) return; // asked again meanwhile, for something else
      this.value = came;
      this.refusal = null;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.refusal = codeOf(error);
      if (this.refusal === "signed_out") go(address.login(here.path), { replace: true });
    }
  };
}
