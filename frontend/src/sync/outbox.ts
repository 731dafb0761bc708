/** Which unacknowledged changes are on their way, under which numbers, and which go next. */

import * as Y from "yjs";
import type { Kept } from "./queue";

/** More than this unanswered, and what follows waits, to go merged. */
export const WINDOW = 8;

interface Sent {
  readonly n: number;
  readonly records: readonly Kept[];
  /** False for what was sent again since: its answer still counts, it holds up nothing. */
  waited: boolean;
}

export class Outbox {
  #sent: Sent[] = [];
  #under = new Set<Kept>();
  #n = 0;
  /** One change a frame: after a merged one was refused, to find the change that the server means. */
  single = false;

  /** A new channel: numbers begin at 1, nothing is on its way. */
  begin(): void {
    this.#sent = [];
    this.#under.clear();
    this.#n = 0;
  }

  /** Everything without an answer goes once more, under new numbers. */
  again(): void {
    for (const sent of this.#sent) sent.waited = false;
    this.#under.clear();
  }

  /** The next frame of `records` (oldest first), or null when there is none or enough is on its way. */
  next(records: readonly Kept[], most: number): { n: number; update: Uint8Array } | null {
    if (this.#sent.reduce((sum, { waited }) => sum + Number(waited), 0) >= WINDOW) return null;
    const chosen: Kept[] = [];
    let size = 0;
    for (const record of records) {
      if (this.#under.has(record)) continue;
      size += record.update.length;
      // of one client id: then no struct refers to one that stands after it in the same update
      if (chosen[0] && (this.single || size > most || record.client !== chosen[0].client)) break;
      chosen.push(record);
    }
    const [first] = chosen;
    if (!first) return null;
    for (const record of chosen) this.#under.add(record);
    this.#sent.push({ n: ++this.#n, records: chosen, waited: true });
    return { n: this.#n, update: chosen.length > 1 ? Y.mergeUpdates(chosen.map(({ update }) => update)) : first.update };
  }

  /** What an ACK of `n`, and with it of every number before, covers. */
  acknowledged(n: number): Kept[] {
    const covered = this.#sent.filter((sent) => sent.n <= n).flatMap(({ records }) => records);
    this.#sent = this.#sent.filter((sent) => sent.n > n);
    return covered;
  }

  /** What went under `n`. */
  numbered(n: number): readonly Kept[] {
    return this.#sent.find((sent) => sent.n === n)?.records ?? [];
  }
}
