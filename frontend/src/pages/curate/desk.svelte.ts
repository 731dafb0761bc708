// The desk of a curator: what of the table is shown, which row is at hand, which are marked, and what was decided here.

import { api, codeOf, Refused } from "../../api/api";
import type { CurationRow, CurationTable, DecideAsked } from "../../api/shapes";
import { address } from "../../addresses";
import { go, here } from "../../router.svelte";
import { type Filter, searchOf, type View, viewOf } from "./filter";
import { rememberReason } from "./reasons";

export const PAGE = 100; // rows shown at once
const RECOUNT = 700; // ms of quiet after an act until the filters count anew

export type Act = DecideAsked["act"];
export type Detail = NonNullable<DecideAsked["detail"]>;

/** What was done here and can be undone: one act, or a bulk act by its batch. */
export interface Done {
  readonly act: Act;
  readonly subject: string;
  readonly n: number;
  readonly seq?: number;
  readonly batch?: string;
}

/** Somebody else decided since the row was loaded. */
export interface Conflict {
  readonly asked: DecideAsked;
  readonly by: string;
  readonly act: string;
  readonly reason: string;
  readonly at: string;
  readonly seen: number;
}

/** What an act was refused with; `detail` is what the server says of it, in English. */
export interface Failed {
  readonly code: string;
  readonly detail: string;
}

export const failedOf = (error: unknown): Failed => ({
  code: codeOf(error),
  detail: error instanceof Refused && typeof error.detail === "string" ? error.detail : "",
});

export class Desk {
  readonly study: string;
  view = $state.raw<View>(viewOf(location.search));
  page = $state.raw<CurationTable | null>(null);
  beside = $state.raw<CurationRow | null>(null);
  refusal = $state<string | null>(null);
  loading = $state(false);
  /** The row at hand. */
  current = $state<string | null>(null);
  marked = $state.raw<ReadonlySet<string>>(new Set());
  /** Marked is all that the filter finds, on every page. */
  all = $state(false);
  busy = $state(false);
  conflict = $state.raw<Conflict | null>(null);
  /** What the last act was refused with. */
  failed = $state.raw<Failed | null>(null);
  done = $state.raw<readonly Done[]>([]);
  /** The last thing done or taken back, to be told. */
  told = $state.raw<{ readonly what: Done; readonly undone: boolean } | null>(null);
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(study: string) {
    this.study = study;
    this.current = this.view.seed;
  }

  get rows(): readonly CurationRow[] {
    return this.page?.rows ?? [];
  }

  row(id: string | null): CurationRow | undefined {
    return this.rows.find((row) => row.id === id) ?? (this.beside?.id === id ? this.beside : undefined);
  }

  /** A seed that is open and stands on another page of the table, or in no view of it. */
  open(row: CurationRow, people: Record<string, string>): void {
    if (!this.rows.some((each) => each.id === row.id)) this.beside = row;
    else this.#took([row], people);
  }

  name = (person: string): string => this.page?.people[person] ?? person;

  /** Show something else of the table; the address says so. */
  async show(changed: Partial<View>): Promise<void> {
    const filtered = "filter" in changed || "sort" in changed || "descending" in changed;
    this.view = { ...this.view, ...(filtered ? { offset: 0 } : {}), ...changed };
    history.replaceState(history.state, "", location.pathname + searchOf(this.view));
    if (Object.keys(changed).every((key) => key === "seed")) return;
    await this.look();
    if (filtered) {
      this.marked = new Set(); // what was marked may be out of sight now
      this.all = false;
    }
  }

  look = async (): Promise<void> => {
    const turn = ++this.#turn;
    this.loading = true;
    try {
      const page = await this.#ask(PAGE);
      if (turn !== this.#turn) return;
      if (page.rows.length === 0 && page.total > 0) {
        await this.show({ offset: Math.floor((page.total - 1) / PAGE) * PAGE }); // fewer than there were
        return;
      }
      this.page = page;
      this.refusal = null;
      if (!page.rows.some((row) => row.id === this.current)) this.current = page.rows[0]?.id ?? null;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.refusal = codeOf(error);
      if (this.refusal === "signed_out") go(address.login(here.path), { replace: true });
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  };

  #ask(limit: number): Promise<CurationTable> {
    const { filter, sort, descending, offset } = this.view;
    return api.get("/api/studies/{study}/curation/table", {
      path: { study: this.study },
      query: { ...(filter as unknown as Record<keyof Filter, string[]> & { q: string }), sort, descending, offset, limit },
    });
  }

  /** How many rows are marked. */
  get marks(): number {
    return this.all ? (this.page?.total ?? 0) : this.marked.size;
  }

  /** Decide about a row. Whether it was done; why not stands in `conflict` or `failed`. */
  async decide(subject: string, act: Act, reason = "", detail: Detail = {}, seen?: number): Promise<boolean> {
    const row = this.row(subject);
    const asked = { subject, act, reason, detail, seen: seen ?? row?.seen[placeOf(act, detail)] ?? 0 };
    if (this.busy) return false;
    this.busy = true;
    this.failed = null;
    this.conflict = null;
    if (reason !== "") rememberReason(act, reason);
    try {
      const came = await api.post("/api/studies/{study}/curation/decisions", { path: { study: this.study }, body: asked });
      this.#took([came.row], came.people);
      this.#did({ act, subject, n: 1, seq: came.seq });
      return true;
    } catch (error) {
      if (error instanceof Refused && error.code === "decided_meanwhile") await this.#differs(asked, error.detail);
      else this.failed = failedOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** A bulk act was carried out. */
  async didAll(act: Act, n: number, batch: string): Promise<void> {
    this.#did({ act, subject: "", n, batch });
    this.marked = new Set();
    this.all = false;
    await this.look();
  }

  /** Take back what was done here last, or this; the id of the row that it was about, or null. */
  async undo(what: Done | undefined = this.done.at(-1), reason = ""): Promise<string | null> {
    if (what === undefined || this.busy) return null;
    this.busy = true;
    this.failed = null;
    try {
      const body = what.batch === undefined ? { seq: what.seq ?? 0, reason } : { batch: what.batch, reason };
      const came = await api.post("/api/studies/{study}/curation/undo", { path: { study: this.study }, body });
      this.done = this.done.filter((each) => each !== what);
      this.told = { what, undone: true };
      if (what.batch === undefined) {
        this.#took(came.rows, came.people);
        this.#recount();
      } else {
        await this.look();
      }
      return what.subject;
    } catch (error) {
      this.failed = failedOf(error);
      return null;
    } finally {
      this.busy = false;
    }
  }

  /** Somebody's decision stands. */
  keepTheirs(): void {
    this.conflict = null;
  }

  /** Decide once more, over what somebody decided meanwhile. */
  async putOver(): Promise<boolean> {
    const { asked, seen } = this.conflict ?? {};
    return asked !== undefined && (await this.decide(asked.subject, asked.act, asked.reason, asked.detail, seen));
  }

  mark(ids: readonly string[], on: boolean): void {
    const marked = new Set(this.marked);
    for (const id of ids) {
      if (on) marked.add(id);
      else marked.delete(id);
    }
    this.marked = marked;
    this.all = false;
  }

  /** The row as it is now comes in, with the name of whoever decided meanwhile. */
  async #differs(asked: DecideAsked, detail: unknown): Promise<void> {
    try {
      const path = { study: this.study, id: asked.subject };
      const { row, people } = await api.get("/api/studies/{study}/curation/seeds/{id}", { path });
      this.#took([row], people);
    } catch (error) {
      codeOf(error); // their decision is told without it
    }
    this.conflict = conflictOf(asked, detail);
  }

  #took(rows: readonly CurationRow[], people: Record<string, string>): void {
    if (this.page === null) return;
    const came = new Map(rows.map((row) => [row.id, row]));
    this.beside = came.get(this.beside?.id ?? "") ?? this.beside;
    this.page = {
      ...this.page,
      rows: this.page.rows.map((row) => came.get(row.id) ?? row),
      people: { ...this.page.people, ...people },
    };
  }

  #did(what: Done): void {
    this.done = [...this.done, what];
    this.told = { what, undone: false };
    this.#recount();
  }

  // what was decided stays in sight until the table is asked for anew; the filters count it at once
  #recount(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      const turn = this.#turn;
      try {
        const { facets, seq } = await this.#ask(1);
        if (turn === this.#turn && this.page !== null) this.page = { ...this.page, facets, seq };
      } catch (error) {
        codeOf(error); // they count when the table is next looked at
      }
    }, RECOUNT);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}

/** Where an act stands: a later one at the same place takes its place. */
export function placeOf(act: Act, detail: Detail): string {
  if (act === "include" || act === "exclude" || act === "merge" || act === "undo") return "verdict";
  if (act === "select") return "pick";
  return act === "dismiss" ? `flag:${detail.rule ?? ""}` : act;
}

function conflictOf(asked: DecideAsked, detail: unknown): Conflict {
  const told = (typeof detail === "object" && detail !== null ? detail : {}) as Partial<Record<keyof Conflict, unknown>>;
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  return { asked, by: text(told.by), act: text(told.act), reason: text(told.reason), at: text(told.at), seen: Number(told.seen ?? 0) };
}
