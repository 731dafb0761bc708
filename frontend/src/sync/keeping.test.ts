/** What keeps text when something went wrong: the device's storage, the recovery of refused text, the saved state. */

import { IDBFactory } from "fake-indexeddb";
import * as Y from "yjs";
import { describe, expect, it } from "vitest";
import { recovered, knows } from "./recover";
import { merged } from "./state";
import { savedState, together } from "./status";
import { Storage, type Owner } from "./storage";
import { seeded } from "./testing/world";
import type { SavedState } from "./types";

const later = (ms: number, task: () => void): (() => void) => {
  const timer = setTimeout(task, ms);
  return () => clearTimeout(timer);
};
const OWNER: Owner = ["pilot", "p_a", "board/A/questions"];
const record = (page: string, order: number) => ({ study: "pilot", person: "p_a", doc: OWNER[2], page, order });

describe("storage", () => {
  it("keeps records in order, by owner, over a new start", async () => {
    const factory = new IDBFactory();
    const storage = new Storage(factory, later);
    for (const order of [0, 1, 2, 10, 9]) storage.put("updates", ["one", order], record("one", order));
    storage.put("updates", ["two", 0], { ...record("two", 0), person: "p_b" });
    storage.delete("updates", ["one", 1]);
    await storage.settled();
    const again = new Storage(factory, later);
    expect((await again.all<{ order: number }>("updates", OWNER)).map(({ order }) => order)).toEqual([0, 2, 9, 10]);
    expect(await again.all("updates", ["pilot", "p_b", OWNER[2]])).toHaveLength(1);
    expect(again.kept.value).toBe(true);
  });

  it("says that nothing is kept where there is none, where it throws, and where it never answers", async () => {
    const none = new Storage(null, later);
    none.put("updates", ["a", 0], record("a", 0));
    expect(none.kept.value).toBe(false);
    const throwing = new Storage({ open: () => { throw new Error("private"); } } as unknown as IDBFactory, later);
    throwing.put("updates", ["a", 0], record("a", 0));
    await throwing.settled();
    expect(throwing.kept.value).toBe(false);
    const silent = new Storage({ open: () => ({}) } as unknown as IDBFactory, (_ms, task) => later(5, task));
    silent.put("updates", ["a", 0], record("a", 0));
    await silent.settled();
    expect(silent.kept.value).toBe(false);
    expect(await silent.all("updates", OWNER)).toEqual([]);
  });

  it("writes what failed with what comes next", async () => {
    const factory = new IDBFactory();
    let broken = true;
    const moody = { open: (...given: Parameters<IDBFactory["open"]>) => {
      if (broken) throw new Error("no");
      return factory.open(...given);
    } } as unknown as IDBFactory;
    const storage = new Storage(moody, later);
    storage.put("updates", ["a", 0], record("a", 0));
    await storage.settled();
    expect(storage.kept.value).toBe(false);
    broken = false;
    storage.put("updates", ["a", 1], record("a", 1));
    await storage.settled();
    expect(storage.kept.value).toBe(true);
    expect(await storage.all("updates", OWNER)).toHaveLength(2);
  });
});

describe("recovered text", () => {
  it("is what the person saw of it, whatever was typed, corrected and moved between, on 400 random histories", () => {
    const random = seeded(5);
    const pick = (most: number): number => Math.floor(random() * (most + 1));
    for (let turn = 0; turn < 400; turn++) {
      const doc = new Y.Doc();
      doc.clientID = 1;
      const text = doc.getText("t");
      text.insert(0, "abcdefgh"); // the server's
      doc.clientID = 2;
      const updates: Uint8Array[] = [];
      doc.on("update", (update: Uint8Array) => updates.push(update));
      let next = 0x4e00;
      let theirs = 0;
      for (let act = 0; act < 12; act++) {
        if (act === 6) doc.clientID = 3; // a reconnect
        const at = pick(text.length);
        if (random() < 0.7) text.insert(at, String.fromCharCode(next++) + (random() < 0.3 ? String.fromCharCode(next++) : ""));
        else {
          const length = Math.min(pick(3), text.length - at);
          theirs += [...text.toString().slice(at, at + length)].filter((one) => one < "z").length;
          text.delete(at, length);
        }
      }
      const { pieces, deleted } = recovered(updates);
      const mine = [...text.toString()].filter((one) => one > "z").join("");
      expect(deleted).toBe(theirs);
      // pieces stand in the order in which they were begun: within each, and as a set, nothing is missing or moved
      expect([...pieces.map((piece) => piece.text).join("")].sort()).toEqual([...mine].sort());
      for (const piece of pieces) {
        const places = [...piece.text].map((one) => text.toString().indexOf(one));
        expect([...places].sort((a, b) => a - b)).toEqual(places);
      }
    }
  });

  it("is in order also where a colleague wrote in its midst", () => {
    const mine = new Y.Doc();
    mine.clientID = 1;
    const updates: Uint8Array[] = [];
    mine.on("update", (update: Uint8Array, origin: unknown) => origin === "theirs" || updates.push(update));
    mine.getText("t").insert(0, "ab");
    const theirs = new Y.Doc();
    Y.applyUpdate(theirs, Y.encodeStateAsUpdate(mine));
    theirs.getText("t").insert(1, "X");
    Y.applyUpdate(mine, Y.encodeStateAsUpdate(theirs), "theirs");
    mine.getText("t").insert(2, "c");
    expect(mine.getText("t").toString()).toBe("aXcb");
    expect(recovered(updates).pieces.map(({ text }) => text)).toEqual(["acb"]);
  });

  it("tells what a document has from what it has not", () => {
    const one = new Y.Doc();
    const updates: Uint8Array[] = [];
    one.on("update", (update: Uint8Array) => updates.push(update));
    one.getText("t").insert(0, "hello");
    one.getText("t").delete(1, 2);
    const other = new Y.Doc();
    expect(knows(other, updates[0]!)).toBe(false);
    Y.applyUpdate(other, updates[0]!);
    expect([knows(other, updates[0]!), knows(other, updates[1]!)]).toEqual([true, false]);
    Y.applyUpdate(other, updates[1]!);
    expect(knows(other, updates[1]!)).toBe(true);
  });
});

describe("a board's state", () => {
  it("takes changes in and leaves the rest as it is", () => {
    const before = { rows: { a: { n: 1 }, b: { n: 2 } }, board: { main: { phase: "open" } } };
    const after = merged(before, [["rows", "b", null], ["rows", "c", { n: 3 }], ["calls", "x", 1]]);
    expect(after).toEqual({ rows: { a: { n: 1 }, c: { n: 3 } }, board: before.board, calls: { x: 1 } });
    expect(before.rows).toEqual({ a: { n: 1 }, b: { n: 2 } });
    expect(after["rows"]!["a"]).toBe(before.rows.a);
    expect(after["board"]).toBe(before.board);
  });
});

describe("the saved state", () => {
  const access = {
    state: "open", write: true, client: 1, person: "p", name: "n", role: "r", limits: null, code: null,
  } as const;
  const facts = { connection: { state: "online", code: null }, access, loaded: true, changes: 0, kept: true, refused: 0 } as const;

  it.each([
    ["saved", facts],
    ["saving", { ...facts, changes: 1 }],
    ["offline", { ...facts, changes: 1, connection: { state: "offline", code: null } }],
    ["offline", { ...facts, connection: { state: "connecting", code: null } }],
    ["connecting", { ...facts, loaded: false }],
    ["closed", { ...facts, access: { ...access, state: "closed", code: "removed" } }],
    ["closed", { ...facts, connection: { state: "refused", code: "signed_out" } }],
  ] as const)("is %s", (now, given) => expect(savedState(given).now).toBe(now));

  it("of several documents is the least saved one's, with all their changes", () => {
    const saved: SavedState = savedState(facts);
    const offline: SavedState = { ...saved, now: "offline", changes: 3, kept: false };
    expect(together([saved, offline, { ...saved, now: "saving", changes: 2, refused: 1 }])).toEqual({
      now: "offline", changes: 5, kept: false, refused: 1, code: null,
    });
    expect(together([saved, saved]).now).toBe("saved");
  });
});
