import * as Y from "yjs";
import { describe, expect, it } from "vitest";
import { WINDOW } from "./outbox";
import { Field } from "./testing/field";
import { DOC, NAME, open, two } from "./testing/page";
import { Peer } from "./testing/peer";
import { Device, World } from "./testing/world";

const server = (peer: Peer): string => peer.doc.getText(NAME).toString();

describe("typing together", () => {
  it("brings what one types to the other, and says saved when it is", async () => {
    const { peer, world, a, b } = await two();
    expect(a.document.saved.value).toEqual({ now: "saved", changes: 0, kept: true, refused: 0, code: null });
    a.field.type(0, 0, "hello");
    expect(a.document.saved.value).toMatchObject({ now: "saving", changes: 1 });
    expect(a.tab.unload()).toBe(true);
    await world.quiet();
    expect(b.field.value).toBe("hello");
    expect(a.document.saved.value.now).toBe("saved");
    expect(a.tab.unload()).toBe(false);
    expect(peer.nacks).toEqual([]);
  });

  it("does not call saved what is not committed", async () => {
    const { peer, world, a } = await two();
    a.field.type(0, 0, "x");
    for (let turn = 0; turn < 20 && peer.log.length === 0; turn++) world.step();
    expect(server(peer)).toBe("x"); // applied, and still waiting for the disk
    expect(peer.waiting).toBe(1);
    expect(a.document.saved.value.now).toBe("saving");
    await world.quiet();
    expect(a.document.saved.value.now).toBe("saved");
  });

  it("merges a backlog instead of sending it letter by letter", async () => {
    const { peer, world, a } = await two();
    for (let at = 0; at < 300; at++) a.field.type(at, 0, "x");
    await world.quiet();
    expect(server(peer)).toHaveLength(300);
    expect(peer.log.length).toBeLessThan(WINDOW * 3);
    expect(a.document.saved.value.changes).toBe(0);
  });

  it("keeps merged updates within the limit", async () => {
    const { peer, world, a, b } = await two({}, { update: 600 });
    a.tab.offline();
    for (let at = 0; at < 400; at++) a.field.type(a.field.value.length, 0, `word${at} `);
    a.tab.online();
    await world.pass(5_000);
    expect(server(peer)).toBe(b.field.value);
    expect(b.field.value).toBe(a.field.value);
    expect(peer.nacks).toEqual([]);
    expect(Math.max(...peer.log.map(({ update }) => update.length))).toBeLessThanOrEqual(600);
    expect(peer.log.length).toBeLessThan(200);
  });
});

describe("a cut", () => {
  it("does not stop the typing; it says so, and everything arrives once", async () => {
    const { peer, world, a, b } = await two();
    a.field.type(0, 0, "before ");
    await world.quiet();
    a.tab.offline();
    await world.quiet();
    expect(a.field.readOnly).toBe(false);
    a.field.type(7, 0, "during");
    b.field.type(0, 0, "B ");
    await world.pass(20_000);
    expect(a.document.saved.value).toEqual({ now: "offline", changes: 1, kept: true, refused: 0, code: null });
    expect(b.field.value).toBe("B before ");
    a.tab.online();
    await world.pass(2_000);
    expect([a.field.value, b.field.value, server(peer)]).toEqual(Array(3).fill("B before during"));
    expect(a.document.saved.value.now).toBe("saved");
  });

  it("that takes an answer with it doubles nothing", async () => {
    const { peer, world, a, b } = await two();
    a.field.type(0, 0, "once");
    for (let turn = 0; turn < 50 && peer.log.length === 0; turn++) world.step();
    a.tab.cut(); // received, not acknowledged
    await world.pass(2_000);
    expect([a.field.value, b.field.value]).toEqual(["once", "once"]);
    expect(peer.known).toBe(1);
    expect(a.document.saved.value).toMatchObject({ now: "saved", changes: 0 });
  });

  it("that nobody tells of is found by silence, and the ids are handed over", async () => {
    const { peer, world, a, b } = await two();
    const wire = a.tab.wire!;
    wire.cut = true; // frames go nowhere; neither side is told
    world.wires.delete(wire);
    a.field.type(0, 0, "still here");
    await world.pass(45_000);
    expect(b.field.value).toBe("still here");
    expect(peer.seats).toBe(2); // the older seat was closed by the new HELLO
    expect(peer.nacks).toEqual([]);
  });

  it("gives a new client id each time", async () => {
    const { peer, world, a } = await two();
    const ids = new Set([a.document.access.value.client]);
    for (let turn = 0; turn < 3; turn++) {
      a.tab.cut();
      await world.pass(1_000);
      ids.add(a.document.access.value.client);
    }
    expect(ids.size).toBe(4);
    a.field.type(0, 0, "x");
    await world.quiet();
    const { structs } = Y.decodeUpdate(peer.log.at(-1)!.update);
    expect(structs[0]!.id.client).toBe(a.document.access.value.client);
  });

  it("that nobody tells of leaves no ghost, even where nothing waits", async () => {
    const { peer, world, a } = await two();
    world.lose(a.tab.wire!);
    expect(peer.seats).toBe(2);
    await world.pass(5_000);
    expect(peer.seats).toBe(2);
    expect(a.document.access.value.write).toBe(true);
  });

  it("of the server's, for a restart, brings everybody back", async () => {
    const { peer, world, a, b } = await two();
    peer.closeAll("stopping");
    peer.running = false;
    a.tab.cut();
    b.tab.cut();
    a.field.type(0, 0, "while it was down");
    await world.pass(60_000);
    expect(a.document.saved.value.now).toBe("offline");
    peer.running = true;
    await world.pass(30_000);
    expect(b.field.value).toBe("while it was down");
  });
});

describe("a gap", () => {
  it("in the sequence is asked for again", async () => {
    const { world, a, b } = await two();
    a.field.type(0, 0, "one");
    for (let turn = 0; turn < 50 && b.tab.wire!.down.length === 0; turn++) world.step();
    b.tab.wire!.down.length = 0; // lost on the way
    await world.quiet();
    a.field.type(3, 0, " two");
    await world.quiet();
    expect(b.field.value).toBe("one two");
  });

  it("by overflow is filled, while the page goes on typing", async () => {
    const { peer, world, a, b } = await two();
    peer.overflow();
    a.field.type(0, 0, "A");
    b.field.type(0, 0, "B");
    await world.quiet();
    expect(a.field.value).toBe(b.field.value);
    expect([...a.field.value].sort()).toEqual(["A", "B"]);
    expect(a.document.saved.value.now).toBe("saved");
  });

  it("that takes the answer to SYNC1 itself is asked about at once", async () => {
    const { peer, world, a, b } = await two();
    peer.overflow(); // b asks anew
    for (const frame of b.tab.wire!.down.splice(0)) b.tab.wire!.events.received(frame);
    for (const frame of b.tab.wire!.up.splice(0)) b.tab.wire!.peerSocket!.received(frame);
    while (peer.waiting > 0) peer.commit();
    b.tab.wire!.down.length = 0; // and what came is dropped once more, by a page that still reads too slowly
    peer.overflow();
    a.field.type(0, 0, "all of it");
    await world.quiet(); // in no time: nobody waits for a time-out
    expect(b.field.value).toBe("all of it");
  });

  it("where the answers were is closed by sending again, though the window was full", async () => {
    const { peer, world, a, b } = await two();
    for (let at = 0; at < 3 * WINDOW; at++) a.field.type(at, 0, "x");
    const wire = a.tab.wire!;
    for (const frame of wire.up.splice(0)) wire.peerSocket!.received(frame);
    while (peer.waiting > 0) peer.commit();
    wire.down.length = 0;
    peer.overflow();
    await world.quiet();
    expect(a.document.saved.value.now).toBe("saved");
    expect(b.field.value).toBe("x".repeat(3 * WINDOW));
  });

  it("where an answer should be is noticed in time", async () => {
    const { peer, world, a } = await two();
    a.field.type(0, 0, "x");
    for (let turn = 0; turn < 50 && (peer.log.length === 0 || peer.waiting > 0); turn++) world.step();
    a.tab.wire!.down.length = 0; // the ACK, and nothing follows it
    await world.pass(15_000);
    expect(a.document.saved.value.now).toBe("saving");
    await world.pass(10_000);
    expect(a.document.saved.value.now).toBe("saved");
  });
});

describe("what is not accepted", () => {
  it("is kept with its text when the phase closes over it, and can be put back", async () => {
    const { peer, world, a, b } = await two();
    a.field.type(0, 0, "agreed. ");
    await world.quiet();
    a.tab.offline();
    for (const [at, letter] of [..."late 😀 wrods"].entries()) a.field.type(a.field.value.length, at < 0 ? 1 : 0, letter);
    a.field.type(a.field.value.length - 4, 2, "or"); // corrected: "wrods" → "words"
    peer.setPhase("closed");
    await world.quiet();
    a.tab.online();
    await world.pass(2_000);
    expect([a.field.value, b.field.value, server(peer)]).toEqual(Array(3).fill("agreed. "));
    expect(a.field.readOnly).toBe(true);
    expect(a.document.saved.value).toMatchObject({ now: "saved", changes: 0, refused: 1 });
    const [refused] = a.document.refused.value;
    expect(refused).toMatchObject({ name: NAME, text: "late 😀 words", code: "phase_closed", deleted: 0 });
    expect(a.document.putBack(refused!.id)).toBe(false); // not while it is closed

    peer.setPhase("open");
    await world.quiet();
    b.field.type(0, 0, "B: ");
    await world.quiet();
    expect(a.document.putBack(refused!.id)).toBe(true);
    await world.quiet();
    expect(b.field.value).toBe("B: agreed. late 😀 words");
    expect(a.document.refused.value).toEqual([]);
  });

  it("is still there after a reload, until the person dismisses it", async () => {
    const { peer, world, home, a } = await two();
    a.tab.offline();
    a.field.type(0, 0, "mine");
    peer.setPhase("closed");
    a.tab.online();
    await world.pass(2_000);
    expect(a.document.refused.value).toHaveLength(1);
    a.tab.kill();
    const again = open(home);
    await world.quiet();
    expect(again.document.refused.value.map(({ text }) => text)).toEqual(["mine"]);
    again.document.dismiss(again.document.refused.value[0]!.id);
    await world.quiet();
    again.tab.kill();
    const third = open(home);
    await world.quiet();
    expect(third.document.refused.value).toEqual([]);
  });

  it("is not what the server has after all", async () => {
    const { peer, world, a } = await two();
    a.field.type(0, 0, "had");
    for (let turn = 0; turn < 50 && peer.log.length === 0; turn++) world.step();
    a.tab.cut(); // the answer is lost
    a.field.type(3, 0, " not");
    peer.setPhase("closed"); // and this server refuses before it looks whether it knows
    await world.pass(2_000);
    expect(server(peer)).toBe("had");
    expect(a.document.refused.value.map(({ text }) => text)).toEqual([" not"]);
  });

  it("is one change, not all that were merged with it", async () => {
    const { peer, world, a, b } = await two({}, { cell: 50 });
    const other = new Field();
    a.document.bind(other, "question:r2");
    a.tab.offline();
    other.type(0, 0, "innocent");
    a.field.type(0, 0, "x".repeat(30));
    b.field.type(0, 0, "y".repeat(40)); // together too much for the text
    await world.quiet();
    a.tab.online();
    await world.pass(5_000);
    expect(peer.doc.getText("question:r2").toString()).toBe("innocent");
    expect(server(peer)).toBe("y".repeat(40));
    expect(a.document.refused.value).toMatchObject([{ name: NAME, text: "x".repeat(30), code: "cell_full" }]);
    expect(a.field.value).toBe(b.field.value);
    a.field.type(40, 0, "!");
    await world.quiet();
    expect(b.field.value).toBe(`${"y".repeat(40)}!`);
  });

  it("takes nothing of another page's with it", async () => {
    const { peer, world, home, a, b } = await two({}, { cell: 50 });
    const second = open(home);
    const other = new Field();
    second.document.bind(other, "question:r2");
    await world.quiet();
    a.tab.offline();
    second.tab.offline();
    a.field.type(0, 0, "x".repeat(30));
    await world.settle();
    a.tab.kill();
    other.type(0, 0, "innocent");
    b.field.type(0, 0, "y".repeat(40));
    await world.quiet();
    second.tab.online(); // takes over the dead tab's change, which no longer fits
    await world.pass(5_000);
    expect(peer.nacks).toEqual(["cell_full"]);
    expect(peer.doc.getText("question:r2").toString()).toBe("innocent");
    expect(second.document.refused.value).toMatchObject([{ text: "x".repeat(30), code: "cell_full" }]);
  });

  it("stays with a person who was removed", async () => {
    const { peer, world, a } = await two();
    a.tab.offline();
    a.field.type(0, 0, "last words");
    peer.barred.set("p_a", "removed");
    a.tab.online();
    await world.pass(2_000);
    expect(a.document.access.value).toMatchObject({ state: "closed", write: false, code: "removed" });
    expect(a.document.saved.value).toMatchObject({ now: "closed", code: "removed", refused: 1, changes: 0 });
    expect(a.document.refused.value).toMatchObject([{ text: "last words", code: "removed" }]);
    await expect(a.document.command("row.add")).resolves.toEqual({ ok: false, code: "removed" });
  });

  it("counts the deletions that were not accepted", async () => {
    const { peer, world, a, b } = await two();
    b.field.type(0, 0, "theirs");
    await world.quiet();
    a.tab.offline();
    a.field.type(0, 3, "");
    peer.setPhase("closed");
    a.tab.online();
    await world.pass(2_000);
    expect(a.field.value).toBe("theirs");
    expect(a.document.refused.value).toMatchObject([{ text: "", deleted: 3, code: "phase_closed" }]);
  });

  it("goes nowhere when the epoch changed: it is put away, not merged", async () => {
    const { peer, world, a, b } = await two();
    a.field.type(0, 0, "erased and kept ");
    await world.quiet();
    a.tab.offline();
    a.field.type(16, 0, "unsent");
    peer.raiseEpoch();
    await world.quiet();
    expect(b.field.value).toBe("erased and kept ");
    b.field.type(0, 0, "B ");
    a.tab.online();
    await world.pass(2_000);
    expect([a.field.value, b.field.value, server(peer)]).toEqual(Array(3).fill("B erased and kept "));
    expect(a.document.refused.value).toMatchObject([{ text: "unsent", code: "epoch" }]);
    a.field.type(0, 0, "A ");
    await world.quiet();
    expect(b.field.value).toBe("A B erased and kept ");
  });
});

describe("a dead tab", () => {
  it("is replayed by the next load, once, under its own ids", async () => {
    const { peer, world, home, a, b } = await two();
    a.tab.offline();
    a.field.type(0, 0, "typed ");
    a.field.type(6, 0, "offline");
    await world.quiet();
    a.tab.kill();
    const again = open(home);
    await world.pass(2_000);
    expect([again.field.value, b.field.value]).toEqual(["typed offline", "typed offline"]);
    expect(again.document.saved.value).toMatchObject({ now: "saved", changes: 0 });
    const third = open(home);
    await world.pass(2_000);
    expect(third.field.value).toBe("typed offline");
    expect(peer.nacks).toEqual([]);
  });

  it("that others still think alive hands its ids over", async () => {
    const { peer, world, home, a, b } = await two();
    const wire = a.tab.wire!;
    a.field.type(0, 0, "unsent");
    wire.up.length = 0;
    wire.cut = true; // the server keeps the seat
    world.wires.delete(wire);
    await world.settle();
    a.tab.kill();
    expect(peer.seats).toBe(2);
    open(home);
    await world.pass(1_000);
    expect(b.field.value).toBe("unsent");
    expect(peer.seats).toBe(2);
  });

  it("is taken over once by a page that connects twice meanwhile", async () => {
    const { peer, world, home, a, b } = await two();
    world.lose(a.tab.wire!); // the server keeps the seat
    a.field.type(0, 0, "unsent");
    await world.settle();
    a.tab.kill();
    const again = open(home);
    while (!again.tab.wire!.peerSocket) world.step();
    again.tab.cut(); // while the device is still being read
    again.tab.wake();
    while (!again.tab.wire!.peerSocket) world.step();
    await world.pass(2_000);
    expect([again.field.value, b.field.value]).toEqual(["unsent", "unsent"]);
    expect(peer.nacks).toEqual([]);
    expect(peer.seats).toBe(2);
  });

  it("is left alone while it lives", async () => {
    const { peer, world, home, a, b } = await two();
    a.tab.offline();
    a.field.type(0, 0, "mine");
    await world.quiet();
    const second = open(home);
    await world.pass(2_000);
    expect(second.document.saved.value.changes).toBe(0);
    expect(b.field.value).toBe("");
    a.tab.online();
    await world.pass(2_000);
    expect([a.field.value, second.field.value, b.field.value]).toEqual(["mine", "mine", "mine"]);
    expect(peer.known).toBe(0); // nobody sent it for the other
  });

  it("of another person on the same device is not touched", async () => {
    const { peer, world, home, a, b } = await two();
    a.tab.offline();
    a.field.type(0, 0, "Ana's");
    await world.quiet();
    a.tab.kill();
    const other = new Device(world, "p_c");
    other.indexedDB = home.indexedDB;
    const c = open(other);
    await world.pass(2_000);
    expect([c.field.value, b.field.value]).toEqual(["", ""]);
    expect(c.document.refused.value).toEqual([]);
    const ana = open(home);
    await world.pass(2_000);
    expect([ana.field.value, b.field.value]).toEqual(["Ana's", "Ana's"]);
    expect(peer.nacks).toEqual([]);
  });

  it("of an older epoch goes to quarantine, with its text", async () => {
    const { peer, world, home, a } = await two();
    a.tab.offline();
    a.field.type(0, 0, "old");
    await world.quiet();
    a.tab.kill();
    peer.raiseEpoch();
    const again = open(home);
    await world.pass(2_000);
    expect(again.field.value).toBe("");
    expect(again.document.refused.value).toMatchObject([{ name: NAME, text: "old", code: "epoch" }]);
    expect(again.document.saved.value).toMatchObject({ now: "saved", changes: 0, refused: 1 });
  });
});

describe("a device", () => {
  it("without storage says so, and works", async () => {
    const peer = new Peer();
    const world = new World(peer);
    const bare = new Device(world, "p_a");
    bare.indexedDB = null;
    const a = open(bare);
    await world.quiet();
    expect(a.document.saved.value).toMatchObject({ now: "saved", kept: false });
    a.field.type(0, 0, "x");
    await world.quiet();
    expect(server(peer)).toBe("x");
  });

  it("that is full says so, and says when there is room again", async () => {
    const { world, home, a } = await two();
    expect(a.document.saved.value.kept).toBe(true);
    home.full = true;
    a.field.type(0, 0, "x");
    await world.quiet();
    expect(a.document.saved.value).toMatchObject({ now: "saved", kept: false });
    home.full = false;
    a.tab.offline();
    a.field.type(1, 0, "y");
    await world.quiet();
    expect(a.document.saved.value).toMatchObject({ now: "offline", changes: 1, kept: true });
    a.tab.kill();
    const again = open(home);
    await world.quiet();
    expect(again.field.value).toBe("xy");
  });

  it("on which somebody else signed in meanwhile does not type under their name", async () => {
    const { world, home, a } = await two();
    a.tab.offline();
    a.field.type(0, 0, "Ana's");
    await world.quiet();
    home.person = "p_c"; // the cookie is shared by all tabs
    a.tab.online();
    await world.pass(2_000);
    expect(a.document.access.value).toMatchObject({ state: "closed", write: false, code: "other_person" });
    expect(a.document.saved.value).toMatchObject({ changes: 1, now: "closed" }); // kept, not sent
  });
});

describe("commands", () => {
  it("are answered by the event, or by a code", async () => {
    const { world, a, b } = await two();
    const added = a.document.command("row.add", { after: null });
    const refused = a.document.command("refuse.me");
    expect(a.document.saved.value).toMatchObject({ now: "saving", changes: 2 });
    await world.quiet();
    await expect(added).resolves.toMatchObject({ ok: true, event: { kind: "row.add", actor: "p_a" } });
    await expect(refused).resolves.toEqual({ ok: false, code: "bad_command" });
    expect(b.document.state.value["rows"]).toEqual({ r0: { by: "p_a" } });
    expect(a.document.state.value).toEqual(b.document.state.value);
  });

  it("happen once, whatever the network does", async () => {
    const { peer, world, a } = await two();
    const answer = a.document.command("row.add");
    for (let turn = 0; turn < 50 && peer.commands.size === 0; turn++) world.step();
    a.tab.cut(); // it happened, and the page does not know
    await world.pass(2_000);
    await expect(answer).resolves.toMatchObject({ ok: true });
    expect(peer.commands.size).toBe(1);
    expect(Object.keys(a.document.state.value["rows"]!)).toEqual(["r0"]);
  });

  it("of a dead tab are asked again", async () => {
    const { peer, world, home, a } = await two();
    a.tab.offline();
    void a.document.command("row.add");
    void a.document.command("row.set");
    await world.quiet();
    a.tab.kill();
    const again = open(home);
    await world.pass(1_000);
    expect([...peer.commands.values()].map(({ kind }) => kind)).toEqual(["row.add", "row.set"]);
    expect(again.document.saved.value.changes).toBe(0);
  });
});

describe("presence", () => {
  it("shows carets where they are in the text now", async () => {
    const { world, a, b } = await two();
    a.field.type(0, 0, "hello 😀 world");
    await world.quiet();
    b.field.setSelectionRange(9, 14);
    b.field.dispatch("focus");
    await world.pass(500);
    expect(a.document.people.value).toMatchObject([{ person: "p_b", text: NAME, anchor: 9, head: 14 }]);
    a.field.type(0, 0, "oh, ");
    await world.pass(500);
    expect(a.document.people.value).toMatchObject([{ anchor: 13, head: 18 }]);
    expect(b.document.people.value.map(({ person }) => person)).toEqual(["p_a"]);
    b.field.dispatch("blur");
    await world.pass(500);
    expect(a.document.people.value).toMatchObject([{ text: null, anchor: null, head: null }]);
    b.tab.kill();
    await world.quiet();
    expect(a.document.people.value).toEqual([]);
  });

  it("says where the caret is five times a second at most", async () => {
    const { peer, world, a } = await two();
    await world.pass(1_000);
    a.field.dispatch("focus");
    const before = peer.aware.length;
    for (let at = 0; at < 100; at++) {
      a.field.type(at, 0, "x");
      a.field.setSelectionRange(0, at);
      a.field.dispatch("keyup");
      await world.pass(20);
    }
    const said = peer.aware.length - before;
    expect(said).toBeGreaterThan(5);
    expect(said).toBeLessThanOrEqual(11);
  });

  it("is complete after a gap, without those who left meanwhile", async () => {
    const { peer, world, a, b } = await two();
    await world.pass(1_000);
    expect(a.document.people.value).toHaveLength(1);
    b.tab.kill();
    a.tab.wire!.down.length = 0;
    peer.overflow();
    await world.quiet();
    expect(a.document.people.value).toEqual([]);
  });

  it("does not believe a place that is none", async () => {
    const { world, a, b } = await two();
    const wire = b.tab.wire!;
    const channel = 1;
    const { encodeUp } = await import("./frames");
    for (const anchor of ["{", "null", "[]", '{"tname":"other"}', '{"item":{"client":1,"clock":99}}', '{"type":{"client":1,"clock":1}}']) {
      wire.up.push(encodeUp({ type: "aware", channel, where: { text: NAME, anchor, head: anchor } }));
      await world.pass(300);
      expect(a.document.people.value).toMatchObject([{ text: NAME, anchor: null, head: null }]);
    }
  });
});

describe("leaving a document", () => {
  it("waits for what is not saved", async () => {
    const { peer, world, a, b } = await two();
    a.tab.offline();
    a.field.type(0, 0, "on my way out");
    a.document.leave();
    await world.pass(1_000);
    expect(a.study.saved.value).toMatchObject({ now: "offline", changes: 1 });
    a.tab.online();
    await world.pass(2_000);
    expect(b.field.value).toBe("on my way out");
    expect(peer.seats).toBe(1);
    const again = a.study.document(DOC);
    await world.quiet();
    expect(again.text(NAME).value).toBe("on my way out");
  });
});
