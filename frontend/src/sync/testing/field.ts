/** A `<textarea>` without a browser: a value, a selection, events. As a textarea does, it turns line ends into "\n". */

import type { TextField } from "../types";

export class Field implements TextField {
  #value = "";
  readOnly = false;
  scrollTop = 0;
  scrollLeft = 0;
  selectionStart = 0;
  selectionEnd = 0;
  selectionDirection: "forward" | "backward" | "none" = "none";
  /** How often a script set the value. */
  writes = 0;
  readonly #listeners = new Map<string, Set<(event: Event) => void>>();

  get value(): string {
    return this.#value;
  }

  set value(value: string) {
    this.writes++;
    this.#value = value.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
    this.selectionStart = this.selectionEnd = this.#value.length;
    this.scrollTop = 0;
  }

  setSelectionRange(start: number, end: number, direction: "forward" | "backward" | "none" = "none"): void {
    this.selectionEnd = Math.min(end, this.#value.length);
    this.selectionStart = Math.min(start, this.selectionEnd);
    this.selectionDirection = direction;
  }

  addEventListener(type: string, listener: (event: Event) => void): void {
    const set = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, set.add(listener));
  }

  removeEventListener(type: string, listener: (event: Event) => void): void {
    this.#listeners.get(type)?.delete(listener);
  }

  dispatch(type: string, detail: object = {}): { prevented: boolean } {
    const seen = { prevented: false };
    const event = { type, preventDefault: () => void (seen.prevented = true), ...detail } as unknown as Event;
    for (const listener of [...(this.#listeners.get(type) ?? [])]) listener(event);
    return seen;
  }

  /** A person changes the text at a place, as by selecting and typing; a read-only field does not let them. */
  type(at: number, removed: number, inserted: string, inputType = "insertText"): void {
    if (this.readOnly) return;
    this.#value = this.#value.slice(0, at) + inserted + this.#value.slice(at + removed);
    this.selectionStart = this.selectionEnd = at + inserted.length;
    this.selectionDirection = "none";
    this.dispatch("input", { inputType });
  }
}
