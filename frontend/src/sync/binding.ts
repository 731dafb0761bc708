/**
 * A native `<textarea>` and a text, kept the same.
 *
 * Own input goes to the text as the smallest change between code points; what others do comes to the field with the
 * caret, the selection and the scroll position kept. While an input method composes, nothing touches the field.
 */

import { codePoints, diff, snapped, wellFormed, type Edit } from "./diff";
import { Overlay, type TextChange } from "./overlay";
import type { Replica, Span } from "./replica";
import type { Readable } from "./signal";
import type { Access, Binding, BindOptions, Json, TextField } from "./types";

/** The document that a bound field belongs to. */
export interface Desk {
  readonly access: Readable<Access>;
  edit(name: string, change: TextChange): Span | null;
  caret(at: { name: string; anchor: number; head: number } | null): void;
}

const LARGE_PASTE = 200; // code points: longer than what people retype, about two sentences
/** Where the caret may have moved. `selectionchange` alone does not reach a textarea in every browser. */
const MOVES = ["select", "selectionchange", "keyup", "pointerup"];

/**
 * What the field shows for a text, unit for unit. A field turns every line end into "\n", so a "\r" that somebody's
 * program put into a text would shift all that follows it.
 */
export function shown(text: string): string {
  return text.includes("\r") ? text.replaceAll("\r\n", " \n").replaceAll("\r", "\n") : text;
}

export function bindTextarea(
  field: TextField,
  name: string,
  replica: Replica,
  desk: Desk,
  { onLargePaste, onFull, readOnly = false }: BindOptions,
): Binding {
  let held = readOnly;
  let known = ""; // what the field showed last
  let overlay = new Overlay(0);
  let composing = false;
  let stale = false; // the field waits for the end of a composition to be written
  let writing = false; // a change of the text that this field made itself
  let caret: number | null = null; // after an undo: where it happened
  let ending: ReturnType<typeof setTimeout> | undefined;
  // a selection moves in fields that nobody is in, too: when their text is set
  let focused = (field as { ownerDocument?: { activeElement: unknown } }).ownerDocument?.activeElement === field;

  const may = (): boolean => desk.access.value.write && !held;

  /** Show the text as it is, with the selection where it was. */
  function write(): void {
    if (composing) {
      stale = true;
      return;
    }
    stale = false;
    const now = shown(replica.read(name));
    const { selectionStart, selectionEnd, selectionDirection, scrollTop, scrollLeft } = field;
    let start = overlay.toText(selectionStart, selectionStart !== selectionEnd);
    let end = selectionStart === selectionEnd ? start : Math.max(start, overlay.toText(selectionEnd));
    if (caret !== null) start = end = caret;
    caret = null;
    known = now;
    overlay = new Overlay(now.length);
    if (field.value === now) return;
    field.value = now;
    field.setSelectionRange(snapped(now, start), snapped(now, end), selectionDirection);
    field.scrollTop = scrollTop;
    field.scrollLeft = scrollLeft;
  }

  /** Take what the field holds now into the text. */
  function take(paste: boolean): void {
    const value = wellFormed(field.value);
    const edit = diff(known, value, field.selectionEnd);
    if (!edit) {
      if (value !== field.value) write();
      return;
    }
    if (!may()) {
      if (!composing) overlay = differing(value, shown(replica.read(name)));
      return write(); // nothing is taken: the field goes back to the text
    }
    const { fits, left } = room(edit);
    const change = overlay.local(fits);
    if (paste) replica.endStep(name);
    writing = true;
    const span = desk.edit(name, change);
    writing = false;
    if (paste) replica.endStep(name);
    known = known.slice(0, fits.at) + fits.inserted + known.slice(fits.at + fits.removed);
    if (left !== "") {
      if (!composing) caret = overlay.toText(fits.at + fits.inserted.length);
      write();
      onFull?.(left);
    } else if (value !== field.value) write();
    const chars = codePoints(fits.inserted);
    if (span && onLargePaste && chars > LARGE_PASTE) onLargePaste({ name, ...span, chars });
    tellCaret();
  }

  /** As much of an insertion as the text has room for. */
  function room(edit: Edit): { fits: Edit; left: string } {
    const most = desk.access.value.limits?.cell ?? Infinity;
    const free = Math.max(0, most - (overlay.textLength - edit.removed));
    if (edit.inserted.length <= free) return { fits: edit, left: "" };
    const cut = snapped(edit.inserted, free);
    return { fits: { ...edit, inserted: edit.inserted.slice(0, cut) }, left: edit.inserted.slice(cut) };
  }

  function tellCaret(): void {
    if (!focused) return;
    const { selectionStart, selectionEnd, selectionDirection } = field;
    const [start, end] = [overlay.toText(selectionStart), overlay.toText(selectionEnd)];
    desk.caret(
      selectionDirection === "backward" ? { name, anchor: end, head: start } : { name, anchor: start, head: end },
    );
  }

  function step(back: boolean): boolean {
    if (!may() || composing) return false;
    take(false);
    return back ? replica.undo(name) : replica.redo(name);
  }

  function compositionOver(): void {
    // some browsers put the composed text in only after this event
    clearTimeout(ending);
    ending = setTimeout(finish, 0);
  }

  function finish(): void {
    clearTimeout(ending);
    ending = undefined;
    composing = false;
    take(false);
    if (stale) write();
  }

  const listeners: { [type: string]: (event: Event) => void } = {
    input: (event) => {
      focused = true;
      const type = (event as InputEvent).inputType ?? "";
      take(type === "insertFromPaste" || type === "insertFromDrop" || type === "insertReplacementText");
    },
    beforeinput: (event) => {
      const type = (event as InputEvent).inputType;
      if (type !== "historyUndo" && type !== "historyRedo") return;
      event.preventDefault();
      step(type === "historyUndo");
    },
    keydown: (event) => {
      const { key, ctrlKey, metaKey, altKey, shiftKey } = event as KeyboardEvent;
      if (ctrlKey === metaKey || altKey) return;
      const letter = key.toLowerCase();
      const redo = (letter === "z" && shiftKey) || (letter === "y" && ctrlKey && !shiftKey);
      if (!redo && letter !== "z") return;
      event.preventDefault();
      step(!redo);
    },
    compositionstart: () => {
      clearTimeout(ending);
      ending = undefined;
      composing = true;
    },
    compositionend: compositionOver,
    blur: () => {
      if (ending !== undefined) finish();
      focused = false;
      desk.caret(null);
    },
    focus: () => {
      focused = true;
      tellCaret();
    },
  };
  for (const type of MOVES) listeners[type] = () => tellCaret();

  const unwatch = replica.watch(name, {
    changed(delta, how) {
      if (writing) return;
      overlay.remote(delta);
      // something besides characters is counted by the text and not by the delta
      if (!composing && overlay.textLength !== replica.read(name).length) {
        overlay = differing(known, shown(replica.read(name)));
      }
      if (how === "undone") caret = lastOf(delta);
      write();
    },
    replaced() {
      overlay = differing(known, shown(replica.read(name)));
      write();
    },
  });
  const unsubscribe = desk.access.subscribe(() => (field.readOnly = !may()));
  for (const [type, listener] of Object.entries(listeners)) field.addEventListener(type, listener);
  overlay = differing(field.value, shown(replica.read(name)));
  write();

  return {
    setReadOnly(now) {
      held = now;
      field.readOnly = !may();
    },
    undo: () => step(true),
    redo: () => step(false),
    position() {
      // the start is where the caret stands when the field was only entered: there too, what comes goes behind
      if (field.selectionEnd === 0 || field.selectionEnd >= field.value.length) return "end";
      return JSON.parse(replica.placed(name, overlay.toText(field.selectionEnd))) as Json;
    },
    selection() {
      const { selectionStart, selectionEnd } = field;
      if (selectionStart === selectionEnd) return null;
      return replica.range(name, { from: overlay.toText(selectionStart, true), to: overlay.toText(selectionEnd) });
    },
    destroy() {
      finish();
      for (const [type, listener] of Object.entries(listeners)) field.removeEventListener(type, listener);
      unwatch();
      unsubscribe();
      if (focused) desk.caret(null);
    },
  };
}

/** The overlay of a field that shows `field` over a text that is `text`. */
function differing(field: string, text: string): Overlay {
  const overlay = new Overlay(field.length);
  const change = diff(field, text);
  if (change) {
    overlay.remote([{ retain: change.at }, { delete: change.removed }, { insert: change.inserted }]);
  }
  return overlay;
}

/** The index behind the last change of a delta. */
function lastOf(delta: readonly { readonly retain?: number; readonly delete?: number; readonly insert?: unknown }[]): number {
  let index = 0;
  let last = 0;
  for (const op of delta) {
    if (op.retain !== undefined) index += op.retain;
    else {
      if (op.insert !== undefined) index += typeof op.insert === "string" ? op.insert.length : 1;
      last = index;
    }
  }
  return last;
}
