// What the person is doing in the texts of a board: where they were last, what they pasted, what they can undo.

import type { Binding, Json, LargePaste, SharedDocument } from "../../sync";
import { say } from "../../words/words.svelte";

export type Origin = "own" | "colleague" | "web" | "document" | "model" | "unsaid";

export class Editing {
  /** Pasted passages whose origin is still asked for, by the text they are in. */
  pastes = $state.raw<readonly LargePaste[]>([]);
  /** What the last act did, for those who cannot see it. */
  said = $state("");

  /** The text that the person was in last, and the way to where the caret was; null before any. */
  where = $state.raw<{ readonly name: string; readonly position: () => Json } | null>(null);

  #last: Binding | null = null;
  #silence: ReturnType<typeof setTimeout> | undefined;
  readonly #board: SharedDocument;

  constructor(board: SharedDocument) {
    this.#board = board;
  }

  entered(binding: Binding, name: string): void {
    this.#last = binding;
    if (this.where?.name !== name) this.where = { name, position: () => binding.position() };
  }

  gone(binding: Binding): void {
    if (this.#last !== binding) return;
    this.#last = null;
    this.where = null;
  }

  readonly undo = (): void => {
    if (this.#last?.undo() !== true) this.#say(say("undo.nothing"));
  };

  readonly redo = (): void => {
    if (this.#last?.redo() !== true) this.#say(say("redo.nothing"));
  };

  pasted(paste: LargePaste): void {
    this.pastes = [...this.pastes, paste];
    // on record at once: an answer may never come
    void this.#declare(paste, "unsaid");
  }

  answer(paste: LargePaste, origin: Origin): void {
    this.pastes = this.pastes.filter((each) => each !== paste);
    if (origin !== "unsaid") void this.#declare(paste, origin);
  }

  #declare({ name, chars, client, from, to }: LargePaste, origin: Origin): Promise<unknown> {
    return this.#board.command("paste.declare", { text: name, chars, client, from, to, origin });
  }

  #say(sentence: string): void {
    this.said = sentence;
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => (this.said = ""), 4000);
  }
}
