// One person's way through a rating task: what lies before them, what lies behind, and what they say now.

import { untrack } from "svelte";
import { api, codeOf } from "../../api/api";
import type { RatedRow, RatingItem, RatingTask } from "../../api/shapes";
import { address } from "../../addresses";
import { go, here } from "../../router.svelte";
import { type Answer, answerOf, chosen, missing, NOTHING, same } from "./answers";
import { Clock } from "./clock";
import { Drafts } from "./drafts";
import { nameOf, ratingOf, rowOf } from "./giving";
import { type Refusal, Sending } from "./sending.svelte";

const AHEAD = 10; // texts fetched at once
const BEHIND = 50;
const LOW = 3; // texts left before more are asked for

export class Sitting {
  task = $state.raw<RatingTask | null>(null);
  /** Why the task cannot be shown. */
  refusal = $state<string | null>(null);
  /** Why no more is taken: closed or deleted meanwhile. */
  over = $state<string | null>(null);
  ahead = $state.raw<readonly RatingItem[]>([]);
  /** What was rated, the oldest first; `earlier` says where there is more. */
  behind = $state.raw<readonly RatedRow[]>([]);
  earlier = $state<number | null>(null);
  /** How far back one went: 0 is the next text. */
  back = $state(0);
  answer = $state.raw<Answer>(NOTHING);
  notTaken = $state.raw<Refusal | null>(null);
  paused = $state(false);
  /** What is before one was begun earlier, and is as it was left. */
  restored = $state(false);
  /** Others' words are shown once one's own are in: until then the next text waits. */
  waitsFor = $state<string | null>(null);
  readonly sending: Sending;
  readonly path: { study: string; task: string };
  #asking = $state.raw<Promise<void> | null>(null);
  #none = $state(false);
  #drafts: Drafts;
  #clock = new Clock();
  #begun = "";

  constructor(study: string, task: string, person: string) {
    this.path = { study, task };
    this.#drafts = new Drafts(study, task, person);
    this.sending = new Sending(
      this.path,
      person,
      ({ progress, rated }, rating) => {
        if (this.task !== null) this.task = { ...this.task, progress };
        this.#counted.add(nameOf(rating));
        if (rated !== null) this.#remember(rated);
        if (this.waitsFor === nameOf(rating)) this.#others(rated);
        // what comes a second time may come only now
        if (this.ahead.length === 0 && this.sending.waiting.length === 0) void this.more();
      },
      (refusal) => this.#refused(refusal),
    );
  }

  get item(): RatingItem | null {
    return (this.back === 0 ? this.ahead[0] : this.before?.item) ?? null;
  }

  /** What one said before of the text that one went back to. */
  get before(): RatedRow | undefined {
    return this.back === 0 ? undefined : this.behind.at(-this.back);
  }

  get changed(): boolean {
    return this.before !== undefined && !same(this.answer, this.#stood);
  }

  /** What was said of this text before anything was changed. */
  get #stood(): Answer {
    const before = this.before;
    return before === undefined ? NOTHING : answerOf(before);
  }

  get done(): number {
    const progress = this.task?.progress;
    if (progress === undefined) return 0;
    const known = this.sending.waiting.filter((rating) => !this.#counted.has(nameOf(rating))).length;
    return Math.min(progress.assigned, progress.done + known);
  }

  /** Nothing lies before, and nothing is being looked for. */
  get finished(): boolean {
    return this.task !== null && this.ahead.length === 0 && this.#asking === null && this.#none && this.sending.waiting.length === 0;
  }

  get missing() {
    return missing(this.task?.scales ?? [], this.answer.values);
  }

  look = async (): Promise<void> => {
    this.refusal = null;
    try {
      await this.#past(0);
      await this.more();
      this.#begin();
    } catch (error) {
      this.refusal = codeOf(error);
      if (this.refusal === "signed_out") go(address.login(here.path), { replace: true });
    }
  };

  more = async (): Promise<void> => {
    this.#asking ??= this.#fetch().finally(() => (this.#asking = null));
    await this.#asking;
  };

  choose(scale: string, option: string | number): void {
    const found = this.task?.scales.find(({ id }) => id === scale);
    if (found !== undefined) this.#say({ ...this.answer, skipped: false, values: chosen(this.answer.values, found, option) });
  }

  number(scale: string, value: number | null): void {
    const { [scale]: _, ...others } = this.answer.values;
    this.#say({ ...this.answer, skipped: false, values: value === null ? others : { ...others, [scale]: value } });
  }

  say(critique: string): void {
    this.#say({ ...this.answer, critique });
  }

  /** Save what was said of this text, and go on. False where an answer is missing. */
  next(): boolean {
    if (this.item === null || this.waitsFor !== null) return true;
    if (this.back > 0 && !this.changed) {
      this.#to(this.back - 1);
      return true;
    }
    if (this.missing.length > 0 && !this.answer.skipped) return false;
    this.#give({ ...this.answer });
    return true;
  }

  cannotTell(): void {
    if (this.item !== null && this.waitsFor === null) this.#give({ values: {}, critique: this.answer.critique, skipped: true });
  }

  previous = async (): Promise<void> => {
    if (this.waitsFor !== null) return;
    if (this.back < this.behind.length) this.#to(this.back + 1);
    else if (this.earlier !== null) {
      await this.#past(this.earlier).catch(() => undefined);
      if (this.back < this.behind.length) this.#to(this.back + 1);
    }
  };

  visit(row: RatedRow): void {
    const at = this.behind.findIndex((each) => nameOf(each.item) === nameOf(row.item));
    if (at >= 0) this.#to(this.behind.length - at);
  }

  front(): void {
    this.#to(0);
  }

  olderPast = async (): Promise<void> => {
    if (this.earlier !== null) await this.#past(this.earlier);
  };

  pause(): void {
    this.hold();
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.unhold();
  }

  hold(): void {
    this.#clock.hold();
    this.#keep();
  }

  unhold(): void {
    if (!this.paused) this.#clock.go();
  }

  close(): void {
    this.sending.close();
  }

  #say(answer: Answer): void {
    this.answer = answer;
    this.restored = false;
    this.#keep();
  }

  #keep(): void {
    if (this.item === null || this.waitsFor !== null) return; // what waits is given already
    this.#drafts.keep(nameOf(this.item), { ...this.answer, spent: this.#clock.spent }, this.#stood);
  }

  #begin(): void {
    const { item } = this;
    const name = item === null ? "" : `${nameOf(item)} ${this.back}`;
    if (name !== "" && name === this.#begun) return; // more came in behind it
    this.#begun = name;
    const draft = item === null ? undefined : this.#drafts.get(nameOf(item));
    this.restored = draft !== undefined;
    this.answer = draft === undefined ? this.#stood : { values: draft.values, critique: draft.critique, skipped: draft.skipped };
    this.#clock.begin(draft?.spent ?? 0, !this.paused && !document.hidden);
  }

  #to(back: number): void {
    this.back = back;
    this.notTaken = null;
    this.#begin();
    if (back === 0 && this.ahead.length === 0) void this.more().then(() => this.#begin());
  }

  #give(answer: Answer): void {
    const { item, task } = this;
    if (item === null || task === null) return;
    this.hold();
    const rating = ratingOf(item, task, answer, this.#clock.spent);
    const back = this.back;
    this.#drafts.drop(nameOf(item));
    this.#remember(rowOf(item, rating, this.before?.others ?? []));
    if (back === 0) this.ahead = this.ahead.slice(1);
    if (!task.blind && back === 0) this.waitsFor = nameOf(item);
    this.sending.add(rating);
    if (this.sending.trouble !== null) this.waitsFor = null; // there is no waiting for what is far away
    if (this.waitsFor === null) this.#to(Math.max(0, back - 1));
    if (this.ahead.length <= LOW) void this.more();
  }

  /** One's own rating is in: what others say of the text stands beside it, before one goes on. */
  #others(rated: RatedRow | null): void {
    this.waitsFor = null;
    const at = this.behind.findIndex((each) => rated !== null && nameOf(each.item) === nameOf(rated.item));
    this.#to(rated !== null && rated.others.length > 0 && at >= 0 ? this.behind.length - at : 0);
  }

  /** Put a rating among those behind: in its place if it is there, else as the newest. */
  #remember(row: RatedRow): void {
    const at = this.behind.findIndex((each) => nameOf(each.item) === nameOf(row.item));
    this.behind = at < 0 ? [...this.behind, row] : this.behind.with(at, row);
  }

  #refused({ rating, code, detail }: Refusal): void {
    this.waitsFor = null;
    if (code === "task_closed" || code === "task_deleted") {
      this.over = code;
      return;
    }
    this.notTaken = { rating, code, detail };
    const name = nameOf(rating);
    const row = this.behind.find((each) => nameOf(each.item) === name);
    if (row === undefined || code === "unknown_item" || code === "not_a_rater") return;
    this.behind = this.behind.filter((each) => each !== row);
    this.ahead = [row.item, ...this.ahead];
    this.back = 0;
    this.#begin();
    this.#say(answerOf(row));
  }

  #counted = new Set<string>();

  async #fetch(): Promise<void> {
    const path = this.path;
    const came = await api.get("/api/studies/{study}/rate/{task}", { path, query: { limit: AHEAD } }).catch((error: unknown) => {
      const code = codeOf(error);
      if (code === "task_closed" || code === "task_deleted") this.over = code;
      if (untrack(() => this.task) === null) throw error;
      return null;
    });
    if (came === null) return;
    const given = new Set(this.behind.filter(({ state }) => state === "done").map(({ item }) => nameOf(item)));
    const before = this.ahead.length;
    const known = new Set(this.ahead.map(nameOf));
    const fresh = came.items.filter((item) => !given.has(nameOf(item)) && !known.has(nameOf(item)));
    this.task = came;
    this.ahead = [...this.ahead, ...fresh];
    this.#none = came.items.length === 0 || (fresh.length === 0 && this.ahead.length === 0);
    if (before === 0 && fresh.length > 0 && this.back === 0) this.#begin();
  }

  async #past(offset: number): Promise<void> {
    const page = await api.get("/api/studies/{study}/rate/{task}/mine", { path: this.path, query: { offset, limit: BEHIND } });
    const rows = page.rows.filter(({ state }) => state === "done").toReversed();
    for (const { item } of rows) this.#counted.add(nameOf(item));
    const here = new Set(this.behind.map(({ item }) => nameOf(item)));
    this.behind = [...rows.filter(({ item }) => !here.has(nameOf(item))), ...this.behind];
    this.earlier = page.next;
  }
}
