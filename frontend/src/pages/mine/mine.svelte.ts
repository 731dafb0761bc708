// One person's page as the server has it; every act answers with the page as it is then.

import { api, codeOf } from "../../api/api";
import type { Grown, Mine } from "../../api/shapes";

export class OwnPage {
  now = $state.raw<Mine | null>(null);
  grown = $state.raw<Grown | null>(null);
  refusal = $state<string | null>(null);
  /** What was just done, in a sentence. */
  told = $state("");
  busy = $state(false);

  constructor(readonly study: string) {}

  look = async (): Promise<void> => {
    const path = { study: this.study };
    try {
      this.now = await api.get("/api/studies/{study}/mine", { path });
      this.refusal = null;
    } catch (error) {
      this.refusal = codeOf(error);
      return;
    }
    await this.count();
  };

  count = async (): Promise<void> => {
    try {
      this.grown = await api.get("/api/studies/{study}/mine/grown", { path: { study: this.study } });
    } catch (error) {
      codeOf(error); // the page says all the rest without it; the next look asks again
    }
  };

  /** Have something done; false when the server refused. */
  async act(done: string, ask: () => Promise<Mine>): Promise<boolean> {
    this.busy = true;
    this.told = "";
    try {
      this.now = await ask();
      this.refusal = null;
      this.told = done;
      return true;
    } catch (error) {
      this.refusal = codeOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  stop(board: string, row: string, stop: boolean, done: string): Promise<boolean> {
    return this.act(done, () => api.post("/api/studies/{study}/mine/rows", { path: { study: this.study }, body: { board, row, stop } }));
  }

  consent(items: Record<string, boolean>, done: string): Promise<boolean> {
    return this.act(done, () => api.post("/api/studies/{study}/mine/consent", { path: { study: this.study }, body: { items } }));
  }

  erase(erase: boolean, done: string): Promise<boolean> {
    return this.act(done, () => api.post("/api/studies/{study}/mine/erasure", { path: { study: this.study }, body: { erase } }));
  }

  withdraw(id: string): Promise<boolean> {
    return this.act("", () => api.post("/api/studies/{study}/mine/offers/{id}/withdraw", { path: { study: this.study, id } }));
  }
}
