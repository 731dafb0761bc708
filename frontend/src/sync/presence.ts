/** Who is in the document and where: what the server says of others, and how often this page says it of itself. */

import type { Environment } from "./environment";
import type { Here, Where } from "./frames";
import { Signal, type Readable } from "./signal";
import type { Present } from "./types";

const EVERY_MS = 200; // at most five a second
const CARETS_MS = 50; // carets follow the text a little behind it, not at every update

const NOWHERE: Where = { text: null, anchor: null, head: null };

export class Presence {
  readonly #environment: Environment;
  readonly #find: (name: string, position: string) => number | null;
  readonly #send: (where: Where) => void;
  readonly #people = new Signal<readonly Present[]>([]);
  #here = new Map<number, Here>();
  #whole = true;
  #where: Where = NOWHERE;
  #sent = "";
  #waiting: (() => void) | null = null;
  #placing: (() => void) | null = null;

  constructor(
    environment: Environment,
    find: (name: string, position: string) => number | null,
    send: (where: Where) => void,
  ) {
    this.#environment = environment;
    this.#find = find;
    this.#send = send;
  }

  get people(): Readable<readonly Present[]> {
    return this.#people;
  }

  /** The next list is complete. */
  restart(): void {
    this.#whole = true;
    this.#sent = "";
    this.#tell();
  }

  clear(): void {
    this.#here.clear();
    this.#place();
  }

  take(here: readonly Here[], gone: readonly number[], own: number | null): void {
    if (this.#whole) this.#here = new Map();
    this.#whole = false;
    for (const client of gone) this.#here.delete(client);
    for (const one of here) if (one.client !== own) this.#here.set(one.client, one);
    if (own !== null) this.#here.delete(own);
    this.#place();
  }

  /** The texts moved: so did the carets in them. */
  moved(): void {
    if (this.#here.size > 0) this.#placing ??= this.#environment.after(CARETS_MS, () => this.#place());
  }

  /** Where this page's caret is. */
  at(where: Where | null): void {
    this.#where = where ?? NOWHERE;
    this.#tell();
  }

  stop(): void {
    this.#waiting?.();
    this.#placing?.();
    this.#waiting = this.#placing = null;
  }

  #tell(): void {
    if (this.#waiting) return;
    const said = JSON.stringify(this.#where);
    if (said === this.#sent) return;
    this.#sent = said;
    this.#send(this.#where);
    this.#waiting = this.#environment.after(EVERY_MS, () => {
      this.#waiting = null;
      this.#tell();
    });
  }

  #place(): void {
    this.#placing?.();
    this.#placing = null;
    this.#people.set(
      [...this.#here.values()].map(({ client, person, name, role, text, anchor, head }) => ({
        client,
        person,
        name,
        role,
        text,
        anchor: text !== null && anchor !== null ? this.#find(text, anchor) : null,
        head: text !== null && head !== null ? this.#find(text, head) : null,
      })),
    );
  }
}
