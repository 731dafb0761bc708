/**
 * Changes that the server refused, until it is certain that it does not have them.
 *
 * A refusal can be of something that was accepted before and whose ACK was lost, so nothing is called "not accepted"
 * before the server's own document was looked at. Until then suspects stay in the queue.
 */

import type * as Y from "yjs";
import type { Quarantine } from "./quarantine";
import type { Kept, Queue } from "./queue";
import { knows } from "./recover";

/** The person may not write: nothing that waits will be accepted, from whichever page. */
const MAY_NOT = new Set(["phase_closed", "read_only", "removed", "not_yours", "unknown_document"]);

export class Suspects {
  readonly #queue: Queue;
  readonly #quarantine: Quarantine;
  readonly #codes = new Map<Kept, string>();

  constructor(queue: Queue, quarantine: Quarantine) {
    this.#queue = queue;
    this.#quarantine = quarantine;
  }

  /**
   * The server refused the frame that carried `meant`. False when that does not tell which change it means: then they
   * have to go one by one.
   */
  accuse(meant: readonly Kept[], code: string): boolean {
    const all = this.#queue.records;
    if (MAY_NOT.has(code)) {
      for (const record of all) this.#codes.set(record, code);
      return true;
    }
    const [record] = meant;
    if (!record || meant.length > 1) return false;
    // what the same page typed later stands on it; what another page left may stand alone
    for (const later of all.slice(Math.max(0, all.indexOf(record)))) {
      if (later.page === record.page) this.#codes.set(later, code);
    }
    return true;
  }

  /** `fresh` is what the server holds, and nothing else: what of the suspects is in it was saved, the rest is put away. */
  judge(fresh: Y.Doc): void {
    const refused = new Map<string, Kept[]>();
    const had: Kept[] = [];
    for (const [record, code] of this.#codes) {
      if (knows(fresh, record.update)) had.push(record);
      else refused.set(code, [...(refused.get(code) ?? []), record]);
    }
    this.#codes.clear();
    this.#queue.drop(had);
    for (const [code, records] of refused) this.putAway(records, code);
  }

  /** Out of the queue and before the person, in one step on the device. */
  putAway(records: readonly Kept[], code: string): void {
    if (records.length === 0) return;
    this.#quarantine.add(records, code);
    this.#queue.drop(records);
    for (const record of records) this.#codes.delete(record);
  }
}
