import * as Y from "yjs";
import { describe, expect, it } from "vitest";
import type { LargePaste } from "./index";
import { Field } from "./testing/field";
import { NAME, two } from "./testing/page";

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));

describe("a bound field", () => {
  it("keeps the caret with its neighbour, the selection, and the scroll position", async () => {
    const { world, a, b } = await two();
    a.field.type(0, 0, "hello world");
    await world.quiet();
    b.field.setSelectionRange(6, 11, "backward"); // "world"
    b.field.scrollTop = 40;
    a.field.type(0, 0, "oh, ");
    a.field.type(a.field.value.length, 0, "!");
    await world.quiet();
    const { selectionStart, selectionEnd, selectionDirection, scrollTop, value } = b.field;
    expect(value).toBe("oh, hello world!");
    expect(value.slice(selectionStart, selectionEnd)).toBe("world");
    expect([selectionDirection, scrollTop]).toEqual(["backward", 40]);
  });

  it("does not let a selection grow by what colleagues put at its edges", async () => {
    const { world, a, b } = await two();
    a.field.type(0, 0, "one two three");
    await world.quiet();
    b.field.setSelectionRange(4, 7);
    a.field.type(7, 0, "X");
    a.field.type(4, 0, "Y");
    await world.quiet();
    expect(b.field.value.slice(b.field.selectionStart, b.field.selectionEnd)).toBe("two");
  });

  it("does not say that somebody is where only a script moved the selection", async () => {
    const { peer, world, a, b } = await two();
    a.field.type(0, 0, "x");
    await world.pass(1_000);
    b.field.dispatch("selectionchange");
    await world.pass(1_000);
    expect(peer.aware.filter(({ person, where }) => person === "p_b" && (where as { text: unknown }).text !== null)).toEqual([]);
  });

  it("leaves a field alone that already shows the text", async () => {
    const { world, a } = await two();
    const before = a.field.writes;
    for (const letter of "hello") a.field.type(a.field.value.length, 0, letter);
    await world.quiet();
    expect(a.field.writes).toBe(before);
  });

  it("cannot be typed into before the text is here, and when writing is closed", async () => {
    const { peer, world, a, b } = await two();
    expect(a.field.readOnly).toBe(false);
    peer.setPhase("closed");
    await world.quiet();
    expect([a.field.readOnly, b.field.readOnly]).toEqual([true, true]);
    peer.setPhase("open");
    await world.quiet();
    expect(a.field.readOnly).toBe(false);
    a.binding.setReadOnly(true);
    expect(a.field.readOnly).toBe(true);
  });

  it("shows text again that a script put into a read-only field", async () => {
    const { world, a, b } = await two();
    a.field.type(0, 0, "kept");
    await world.quiet();
    a.binding.setReadOnly(true);
    a.field.value = "changed";
    a.field.dispatch("input", { inputType: "" });
    await world.quiet();
    expect([a.field.value, b.field.value]).toEqual(["kept", "kept"]);
  });

  it("shows one text in two fields", async () => {
    const { a } = await two();
    const other = new Field();
    a.document.bind(other, NAME);
    a.field.type(0, 0, "twice");
    other.type(0, 0, "not ");
    expect([a.field.value, other.value]).toEqual(["not twice", "not twice"]);
    expect(a.document.text(NAME).value).toBe("not twice");
  });

  it("says where the caret is, so that the server can write there", async () => {
    const { peer, world, a, b } = await two();
    a.field.type(0, 0, "hello 😀 world");
    await world.quiet();
    b.field.setSelectionRange(9, 9);
    const position = b.binding.position();
    a.field.type(0, 0, "oh, ");
    await world.quiet();
    const text = peer.doc.getText(NAME);
    const found = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(position), peer.doc);
    expect(found!.index).toBe(13);
    expect(found!.type).toBe(text);
  });

  it("does not shift what follows a carriage return that a program wrote", async () => {
    const { peer, world, a, b } = await two();
    peer.write(NAME, (text) => text.insert(0, "one\r\ntwo\rthree"));
    await world.quiet();
    const at = a.field.value.indexOf("three");
    a.field.type(at, 5, "four");
    await world.quiet();
    expect(peer.doc.getText(NAME).toString()).toBe("one\r\ntwo\rfour");
    expect(b.field.value).toBe(a.field.value);
  });

  it("does not shift what follows something that is no character", async () => {
    const { peer, world, a } = await two();
    peer.write(NAME, (text) => {
      text.insert(0, "ab");
      text.insertEmbed(1, { image: "x" });
    });
    await world.quiet();
    expect(a.field.value).toBe("a\ufffcb");
    a.field.type(2, 0, "c");
    await world.quiet();
    expect(peer.doc.getText(NAME).toDelta()).toEqual([{ insert: "a" }, { insert: { image: "x" } }, { insert: "cb" }]);
  });

  it("replaces a lone half of a pair before it can reach anybody", async () => {
    const { peer, world, a } = await two();
    a.field.type(0, 0, "x\ud83dy", "insertFromPaste");
    await world.quiet();
    expect(a.field.value).toBe("x\ufffdy");
    expect(peer.doc.getText(NAME).toString()).toBe("x\ufffdy");
  });

  it("takes what fits into a full text, and hands back the rest", async () => {
    const left: string[] = [];
    const { peer, world, a, b } = await two({ onFull: (text) => left.push(text) }, { cell: 10 });
    a.field.type(0, 0, "12345678");
    a.field.type(4, 0, "a😀😀", "insertFromPaste");
    await world.quiet();
    expect(a.field.value).toBe("1234a5678"); // one unit is left, and no half of an emoji goes there
    expect(a.field.selectionStart).toBe(5);
    expect(b.field.value).toBe(a.field.value);
    expect(left).toEqual(["😀😀"]);
    expect(peer.nacks).toEqual([]);
  });

  it("sends a passage larger than an update in parts, as one range of clocks", async () => {
    const pastes: LargePaste[] = [];
    const { peer, world, a, b } = await two({ onLargePaste: (paste) => pastes.push(paste) }, { update: 700 });
    const passage = "Ωμέγα 😀 ".repeat(300);
    a.field.type(0, 0, passage, "insertFromPaste");
    await world.quiet();
    expect(b.field.value).toBe(passage);
    expect(peer.nacks).toEqual([]);
    expect(pastes).toHaveLength(1);
    const [paste] = pastes;
    expect(paste).toMatchObject({ name: NAME, chars: [...passage].length });
    expect(paste!.to - paste!.from).toBe(passage.length);
    const item = Y.getItem(peer.doc.store, Y.createID(paste!.client, paste!.from));
    expect(item.id.client).toBe(paste!.client);
  });

  it("does not ask where 200 characters are from", async () => {
    const pastes: LargePaste[] = [];
    const { a } = await two({ onLargePaste: (paste) => pastes.push(paste) });
    a.field.type(0, 0, "😀".repeat(200), "insertFromPaste");
    expect(pastes).toEqual([]);
    a.field.type(0, 0, "x".repeat(201), "insertFromDrop");
    expect(pastes).toHaveLength(1);
  });
});

describe("an input method", () => {
  it("is not disturbed, and lands where the person is, among what came meanwhile", async () => {
    const { world, a, b } = await two();
    a.field.type(0, 0, "ab");
    await world.quiet();
    const writes = a.field.writes;
    a.field.setSelectionRange(1, 1);
    a.field.dispatch("compositionstart");
    a.field.type(1, 0, "k", "insertCompositionText");
    b.field.type(0, 0, "THEIRS ");
    await world.quiet();
    a.field.type(1, 1, "か", "insertCompositionText");
    b.field.type(b.field.value.length, 0, " END");
    await world.quiet();
    expect(a.field.value).toBe("aかb");
    expect(a.field.writes).toBe(writes);
    expect(b.field.value).toBe("THEIRS aかb END"); // others see it grow, and a dead tab loses no word
    a.field.type(1, 1, "書", "insertCompositionText");
    a.field.dispatch("compositionend");
    await tick();
    await world.quiet();
    expect([a.field.value, b.field.value]).toEqual(["THEIRS a書b END", "THEIRS a書b END"]);
    expect(a.field.selectionStart).toBe("THEIRS a書".length);
  });

  it("may put its text in only after it says that it ended", async () => {
    const { world, a, b } = await two();
    a.field.dispatch("compositionstart");
    b.field.type(0, 0, "x");
    await world.quiet();
    a.field.dispatch("compositionend");
    a.field.type(0, 0, "字", "insertFromComposition");
    await tick();
    await world.quiet();
    expect(a.field.value).toBe(b.field.value);
    expect([...a.field.value].sort()).toEqual(["x", "字"]);
  });

  it("goes on when the next word begins at once", async () => {
    const { world, a, b } = await two();
    a.field.dispatch("compositionstart");
    a.field.type(0, 0, "一", "insertCompositionText");
    b.field.type(0, 0, "x");
    await world.quiet();
    a.field.dispatch("compositionend");
    a.field.dispatch("compositionstart");
    const writes = a.field.writes;
    await tick();
    expect(a.field.writes).toBe(writes);
    a.field.type(1, 0, "二", "insertCompositionText");
    a.field.dispatch("compositionend");
    a.field.dispatch("blur");
    await world.quiet();
    expect(a.field.value).toBe(b.field.value);
    expect(a.field.value).toContain("一二");
  });
});

describe("undo", () => {
  const undo = { key: "z", ctrlKey: true, metaKey: false, altKey: false, shiftKey: false };

  it("takes back own text and leaves a colleague's in the middle of it", async () => {
    const { world, a, b } = await two();
    a.field.type(0, 0, "mine");
    await world.quiet();
    b.field.type(2, 0, "-theirs-");
    await world.quiet();
    expect(a.field.dispatch("keydown", undo).prevented).toBe(true);
    await world.quiet();
    expect([a.field.value, b.field.value]).toEqual(["-theirs-", "-theirs-"]);
    a.field.dispatch("keydown", { ...undo, key: "Z", shiftKey: true });
    await world.quiet();
    expect(b.field.value).toBe("mi-theirs-ne");
    a.field.dispatch("keydown", { ...undo, ctrlKey: false, metaKey: true });
    a.field.dispatch("keydown", { ...undo, key: "y" });
    expect(a.field.value).toBe("mi-theirs-ne");
  });

  it("has nothing to do where only a colleague wrote", async () => {
    const { world, a, b } = await two();
    b.field.type(0, 0, "theirs");
    await world.quiet();
    expect(a.binding.undo()).toBe(false);
    expect(a.field.dispatch("beforeinput", { inputType: "historyUndo" }).prevented).toBe(true);
    await world.quiet();
    expect([a.field.value, b.field.value]).toEqual(["theirs", "theirs"]);
  });

  it("brings back a colleague's words that this page deleted, and no others", async () => {
    const { world, a, b } = await two();
    b.field.type(0, 0, "one two three");
    await world.quiet();
    a.field.type(4, 4, "", "deleteContentBackward"); // "two "
    b.field.type(0, 0, "zero ");
    await world.quiet();
    expect(a.binding.undo()).toBe(true);
    await world.quiet();
    expect(b.field.value).toBe("zero one two three");
    expect(a.field.selectionStart).toBe("zero one two ".length); // the caret is where it happened
  });

  it("takes a paste back by itself", async () => {
    const { a } = await two();
    a.field.type(0, 0, "typed");
    a.field.type(5, 0, " pasted", "insertFromPaste");
    a.field.type(12, 0, "!");
    a.binding.undo();
    expect(a.field.value).toBe("typed pasted");
    a.binding.undo();
    expect(a.field.value).toBe("typed");
  });

  it("leaves other letters and other chords to the browser", async () => {
    const { a } = await two();
    for (const keys of [{ key: "a" }, { altKey: true }, { ctrlKey: false }, { metaKey: true }]) {
      expect(a.field.dispatch("keydown", { ...undo, ...keys }).prevented).toBe(false);
    }
  });
});
