/** What a person asks for besides typing: sent until it is answered, under one id, so that it happens once. */

import type { CommandBody } from "./frames";
import type { Owner, Storage } from "./storage";
import type { Answer, BoardEvent, Json } from "./types";

/** A command on the device. */
export interface Pending {
  readonly id: string;
  readonly study: string;
  readonly person: string;
  readonly doc: string;
  readonly page: string;
  readonly order: number;
  readonly command: CommandBody;
}

export class Commands {
  readonly #storage: Storage;
  readonly #owner: Owner;
  readonly #page: string;
  #order = 0;
  readonly #pending = new Map<string, { command: CommandBody; answer: (answer: Answer) => void }>();

  constructor(storage: Storage, owner: Owner, page: string) {
    this.#storage = storage;
    this.#owner = owner;
    this.#page = page;
  }

  get count(): number {
    return this.#pending.size;
  }

  add(id: string, kind: string, args: { readonly [key: string]: Json }): { command: CommandBody; answer: Promise<Answer> } {
    const command: CommandBody = { ...args, id, kind };
    const [study, person, doc] = this.#owner;
    const pending: Pending = { id, study, person, doc, page: this.#page, order: this.#order++, command };
    this.#storage.put("commands", id, pending);
    const answer = new Promise<Answer>((resolve) => this.#pending.set(id, { command, answer: resolve }));
    return { command, answer };
  }

  /** What a dead page had asked for: asked once more, in its order; nobody waits for the answer. */
  adopt(pending: readonly Pending[]): void {
    const inOrder = [...pending].sort((a, b) => (a.page === b.page ? a.order - b.order : a.page < b.page ? -1 : 1));
    for (const { id, command } of inOrder) this.#pending.set(id, { command, answer: () => undefined });
  }

  /** Everything without an answer. */
  *unanswered(): Iterable<CommandBody> {
    for (const { command } of this.#pending.values()) yield command;
  }

  happened(events: readonly BoardEvent[]): void {
    for (const event of events) if (event.cmd !== null) this.#answer(event.cmd, { ok: true, event });
  }

  refused(id: string, code: string): void {
    this.#answer(id, { ok: false, code });
  }

  /** Nothing will be answered any more. With `keep` another load of the page may ask again. */
  refuseAll(code: string, keep: boolean): void {
    for (const id of [...this.#pending.keys()]) this.#answer(id, { ok: false, code }, keep);
  }

  #answer(id: string, answer: Answer, keep = false): void {
    const found = this.#pending.get(id);
    if (!found) return;
    this.#pending.delete(id);
    if (!keep) this.#storage.delete("commands", id);
    found.answer(answer);
  }
}
