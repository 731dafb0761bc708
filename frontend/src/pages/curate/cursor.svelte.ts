// The row at hand in the table: how the keys move it, and what they mark on the way.

import { tick } from "svelte";
import { type Desk, PAGE } from "./desk.svelte";

export class Cursor {
  /** The rows as they stand on the page. */
  body = $state<HTMLTableSectionElement>();
  #anchor: string | null = null; // from which Shift marks

  constructor(
    readonly desk: Desk,
    /** The seed that is open beside the table. */
    readonly opened: () => string | null,
  ) {}

  rowOf(id: string | null): HTMLElement | null {
    return id === null ? null : (this.body?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`) ?? null);
  }

  /** The focus goes to the row at hand, unless the open seed has it. */
  toRow = async (): Promise<void> => {
    await tick();
    if (this.opened() !== null && document.activeElement?.closest("aside, dialog") !== null) return;
    this.rowOf(this.desk.current)?.focus();
  };

  async move(by: number): Promise<void> {
    const { desk } = this;
    const opened = this.opened();
    const from = desk.page?.offset ?? 0;
    if (opened !== null && opened !== desk.current && this.rowOf(opened) === null) return; // it stands on no page shown
    const next = desk.rows[this.#at(desk.current) + by];
    if (next !== undefined) {
      desk.current = next.id;
    } else if (by > 0 && from + desk.rows.length < (desk.page?.total ?? 0)) {
      await desk.show({ offset: from + PAGE });
      desk.current = desk.rows[0]?.id ?? null;
    } else if (by < 0 && from > 0) {
      await desk.show({ offset: Math.max(0, from - PAGE) });
      desk.current = desk.rows.at(-1)?.id ?? null;
    }
    if (opened !== null && desk.current !== null) void desk.show({ seed: desk.current });
    await this.toRow();
  }

  toEnd(end: "first" | "last"): void {
    this.desk.current = (end === "first" ? this.desk.rows[0] : this.desk.rows.at(-1))?.id ?? null;
    void this.toRow();
  }

  mark = (id: string, range = false): void => {
    const on = !this.desk.marked.has(id);
    const a = this.#at(range ? (this.#anchor ?? id) : id);
    const b = this.#at(id);
    const between = this.desk.rows.slice(Math.min(a, b), Math.max(a, b) + 1).map((row) => row.id);
    this.desk.mark(a < 0 ? [id] : between, range || on);
    this.#anchor = id;
  };

  async extend(by: number): Promise<void> {
    const { desk } = this;
    if (desk.current === null) return;
    if (!desk.marked.has(desk.current)) desk.mark([desk.current], true);
    const next = desk.rows[this.#at(desk.current) + by];
    if (next === undefined) return;
    desk.mark([next.id], true);
    desk.current = this.#anchor = next.id;
    await this.toRow();
  }

  #at(id: string | null): number {
    return this.desk.rows.findIndex((row) => row.id === id);
  }
}
