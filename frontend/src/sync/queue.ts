/**
 * What was typed and not acknowledged, oldest first: in memory, and on the device for the day the tab dies.
 *
 * A page writes under a page id of its own, whose lock it holds as long as it lives. The lock is the page's and not a
 * client id's, because a page types under a new client id after every reconnect while its queue stays one. A page that
 * loads later takes the lock of a dead page, and with it what that page left, under the client ids it was typed with.
 */

import type { Locks } from "./environment";
import type { Owner, Storage } from "./storage";

/** One local change. The key on the device is [page, order]. */
export interface Kept {
  readonly study: string;
  readonly person: string;
  readonly doc: string;
  readonly epoch: number;
  readonly page: string;
  readonly order: number;
  readonly client: number;
  /** The text's name. */
  readonly name: string;
  readonly update: Uint8Array;
}

interface Paged {
  readonly page: string;
}

export class Queue {
  readonly #storage: Storage;
  readonly #locks: Locks;
  readonly #owner: Owner;
  readonly page: string;
  readonly #pages = new Set<string>();
  #records: Kept[] = [];
  #order = 0;
  #adopting: Promise<unknown> = Promise.resolve();

  constructor(storage: Storage, locks: Locks, owner: Owner, page: string) {
    this.#storage = storage;
    this.#locks = locks;
    this.#owner = owner;
    this.page = page;
  }

  get records(): readonly Kept[] {
    return this.#records;
  }

  push(update: Uint8Array, name: string, client: number, epoch: number): Kept {
    const [study, person, doc] = this.#owner;
    const record: Kept = { study, person, doc, epoch, page: this.page, order: this.#order++, client, name, update };
    this.#records.push(record);
    this.#storage.put("updates", [record.page, record.order], record);
    return record;
  }

  drop(records: Iterable<Kept>): void {
    const gone = new Set(records);
    if (gone.size === 0) return;
    this.#records = this.#records.filter((record) => !gone.has(record));
    for (const { page, order } of gone) this.#storage.delete("updates", [page, order]);
  }

  /**
   * Hold the own lock, and take over what dead pages of the same person left in this document. Returns the commands
   * they left (`C`); their changes go before the own ones. To be awaited before anything is pushed.
   */
  adopt<C extends Paged>(): Promise<C[]> {
    // one after the other: who comes second must not go on before what the first found is here
    const turn = this.#adopting.then(() => this.#adopt<C>());
    this.#adopting = turn.catch(() => undefined);
    return turn;
  }

  async #adopt<C extends Paged>(): Promise<C[]> {
    if (!this.#pages.has(this.page)) {
      await this.#locks.hold(this.#lock(this.page), true);
      this.#pages.add(this.page);
    }
    const seen = [...(await this.#storage.all<Kept>("updates", this.#owner)), ...(await this.#commands<C>())];
    const dead = new Set<string>();
    for (const page of new Set(seen.map((one) => one.page))) {
      if (this.#pages.has(page) || !(await this.#locks.hold(this.#lock(page), false))) continue;
      this.#pages.add(page);
      dead.add(page);
    }
    if (dead.size === 0) return [];
    // read again: until its lock was free the page may have lived, typed, and had things acknowledged
    const updates = await this.#storage.all<Kept>("updates", this.#owner);
    this.#records = [...updates.filter(({ page }) => dead.has(page)), ...this.#records];
    return (await this.#commands<C>()).filter(({ page }) => dead.has(page));
  }

  /** Let another page have what is left here. */
  release(): void {
    for (const page of this.#pages) this.#locks.release(this.#lock(page));
    this.#pages.clear();
  }

  #commands<C>(): Promise<C[]> {
    return this.#storage.all<C>("commands", this.#owner);
  }

  #lock(page: string): string {
    return `seedbed/${page}`;
  }
}
