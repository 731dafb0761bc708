/** What the page sees of the sync layer. All codes are for the page's catalogues: no sentence is made here. */

import type { Readable } from "./signal";

/** A value that came as JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A board: `{collection: {id: value}}`. Objects are never changed in place; what did not change keeps its identity. */
export type Snapshot = { readonly [collection: string]: { readonly [id: string]: Json } };

/** One change of a board; `null` takes the id out. */
export type Change = readonly [collection: string, id: string, value: Json];

/** What somebody did besides typing, as the server tells it. */
export interface BoardEvent {
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  readonly kind: string;
  readonly subject: string;
  readonly cmd: string | null;
  readonly changes: readonly Change[];
}

/** How large an update (bytes), a text and a document (UTF-16 units, as `length` counts) may become. */
export interface Limits {
  readonly update: number;
  readonly cell: number;
  readonly document: number;
}

/** What this page may do in a document now. */
export interface Access {
  /** "waiting" before the first WELCOME; "closed": this document is over for this person, `code` says why. */
  readonly state: "waiting" | "open" | "closed";
  /** Whether texts may be typed into now. Stays true when the network is lost while typing. */
  readonly write: boolean;
  readonly client: number | null;
  readonly person: string | null;
  readonly name: string | null;
  readonly role: string | null;
  readonly limits: Limits | null;
  readonly code: string | null;
}

/** The socket. "refused": the server will not have us, `code` says why; `retry()` tries again. */
export interface ConnectionState {
  readonly state: "connecting" | "online" | "offline" | "refused";
  readonly code: string | null;
}

/** The honest state of what this page has written. */
export interface SavedState {
  /**
   * "connecting": nothing was loaded yet; "saved": nothing is in flight; "saving": `changes` are; "offline": `changes`
   * wait for the network; "closed": the document, or the server, is over for this person (`code` says why).
   */
  readonly now: "connecting" | "saved" | "saving" | "offline" | "closed";
  /** Changes of text and commands that the server has not confirmed, those of an earlier, dead tab included. */
  readonly changes: number;
  /** Whether those changes are kept on this device too: true unless the browser refuses storage. */
  readonly kept: boolean;
  /** Texts that were not accepted and wait for the person's decision. */
  readonly refused: number;
  readonly code: string | null;
}

/** Somebody else's page (or another page of this person) in the document, stamped by the server. */
export interface Present {
  readonly client: number;
  readonly person: string;
  readonly name: string;
  readonly role: string;
  /** The text they are in, and their selection in it as UTF-16 indexes now; null where that is not known (any more). */
  readonly text: string | null;
  readonly anchor: number | null;
  readonly head: number | null;
}

/** What was typed and not accepted. It stays until the person puts it back or dismisses it. */
export interface RefusedText {
  readonly id: string;
  /** The text's name (`question:<row>`); null when it cannot be known any more. */
  readonly name: string | null;
  /** What the person had inserted, in reading order; pieces that stood apart are separated by a line end. */
  readonly text: string;
  /** Characters (UTF-16 units) of others, or saved ones, whose deletion was not accepted either. */
  readonly deleted: number;
  readonly code: string;
  /** ISO 8601, this device's clock. */
  readonly at: string;
}

/** How a command was answered. */
export type Answer =
  | { readonly ok: true; readonly event: BoardEvent }
  | { readonly ok: false; readonly code: string };

/** A pasted passage: clocks `from` up to, not with, `to` of `client` in the text `name`; `chars` code points. */
export interface LargePaste {
  readonly name: string;
  readonly client: number;
  readonly from: number;
  readonly to: number;
  readonly chars: number;
}

/** A passage that moves with the text: its ends as relative positions of yjs in JSON. It does not grow at its edges. */
export interface Range {
  readonly start: Json;
  readonly end: Json;
}

/** UTF-16 indexes of a text as it is now: `from` up to, not with, `to`. */
export interface Extent {
  readonly from: number;
  readonly to: number;
}

/** Characters that stand together and were inserted under one client id: a person's page, or a model call. */
export interface Piece extends Extent {
  readonly client: number;
}

export interface BindOptions {
  /** More than 200 code points came in at once (paste, drop): ask where they are from. */
  readonly onLargePaste?: (paste: LargePaste) => void;
  /** The text is full (`limits.cell`): `left` did not fit and was not taken. */
  readonly onFull?: (left: string) => void;
  /** The page's own reason to hold writing (a removed row, say), besides what the server allows. */
  readonly readOnly?: boolean;
}

export interface Binding {
  setReadOnly(readOnly: boolean): void;
  /** Own edits of this text only; false when there is nothing to undo. */
  undo(): boolean;
  redo(): boolean;
  /** Where the caret is, as a relative position of yjs in JSON (for `model.use`), which moves with the text; or "end". */
  position(): Json;
  /** What is selected in the field; null when nothing is. */
  selection(): Range | null;
  /** Take the last input, and let go of the field. */
  destroy(): void;
}

/** What a binding needs of a `<textarea>`; an `HTMLTextAreaElement` is one. */
export interface TextField {
  value: string;
  readOnly: boolean;
  scrollTop: number;
  scrollLeft: number;
  readonly selectionStart: number;
  readonly selectionEnd: number;
  readonly selectionDirection: "forward" | "backward" | "none";
  setSelectionRange(start: number, end: number, direction?: "forward" | "backward" | "none"): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
}

export interface SharedDocument {
  readonly name: string;
  readonly access: Readable<Access>;
  readonly saved: Readable<SavedState>;
  readonly state: Readable<Snapshot>;
  readonly people: Readable<readonly Present[]>;
  readonly refused: Readable<readonly RefusedText[]>;
  /** A text as it stands, for showing it; empty when nobody wrote in it. */
  text(name: string): Readable<string>;
  /** Under which client ids a text was inserted; told anew at every change of the text. */
  pieces(name: string): Readable<readonly Piece[]>;
  /** The passage between two indexes of a text as it is now. */
  range(name: string, extent: Extent): Range;
  /** Where a passage is now; null when nothing of it is left, or when it is of another text. */
  extent(name: string, range: Range): Extent | null;
  /** Take a passage out, as if the person had deleted it: undo brings it back. False when writing is not open. */
  cut(name: string, range: Range): boolean;
  /** Type something at a text's end. False when writing is not open, or when the text has no room for it. */
  append(name: string, text: string): boolean;
  /** Join a `<textarea>` to a text. Several fields may show the same text. */
  bind(field: TextField, name: string, options?: BindOptions): Binding;
  /** Ask for something. Never rejects; resolves when the server answers, be that after a reconnect. */
  command(kind: string, args?: { readonly [key: string]: Json }): Promise<Answer>;
  /** Type a refused text anew, where it stood if that place is still there, else at the end. False when it cannot be. */
  putBack(id: string): boolean;
  /** The person does not want a refused text any more. */
  dismiss(id: string): void;
  /** The page does not show the document any more. What is not saved is still sent. */
  leave(): void;
}

export interface Study {
  readonly connection: Readable<ConnectionState>;
  /** All open documents together: the least saved of them. */
  readonly saved: Readable<SavedState>;
  /** Open (or return) a document, e.g. `board/A/questions`. */
  document(name: string): SharedDocument;
  /** Try to connect now. */
  retry(): void;
  close(): void;
}
