/**
 * Random worlds: people type, delete and compose, in emoji and CJK, while connections break between any two frames,
 * tabs die and come back, the server drops documents and queues. Every character is typed once in the world, so that
 * what is lost and what is doubled can be named. `SEEDS` is the number of worlds.
 */

import { afterAll, describe, expect, it } from "vitest";
import { between, snapped } from "./diff";
import { Field } from "./testing/field";
import { NAME, open, type Page } from "./testing/page";
import { Peer } from "./testing/peer";
import { Device, World } from "./testing/world";

const SEEDS = Number(process.env["SEEDS"] ?? 12);
const OTHER = "question:r2";
const TEXTS = [NAME, OTHER];

const totals = { typed: 0, deleted: 0, cuts: 0, kills: 0, resent: 0 };
afterAll(() => console.info("fuzz", totals));

class Person {
  page!: Page;
  fields: Field[] = [];
  composing: Field | null = null;

  constructor(readonly device: Device) {
    this.begin();
  }

  begin(): void {
    this.page = open(this.device);
    const other = new Field();
    this.page.document.bind(other, OTHER);
    this.fields = [this.page.field, other];
    this.composing = null;
  }
}

/** Characters that were never typed before: CJK, letters beyond the BMP, emoji, with and without a joiner. */
function* characters(): Generator<string> {
  for (let n = 0; ; n++) {
    if (n % 3 === 0) yield String.fromCodePoint(0x4e00 + n);
    else yield String.fromCodePoint(0x20000 + n); // of one plane: neighbours share their high half
  }
}

describe.each(Array.from({ length: SEEDS }, (_, seed) => seed + 1))("world %i", (seed) => {
  it("ends with the same text everywhere, nothing lost and nothing doubled", { timeout: 120_000 }, async () => {
    const peer = new Peer();
    const world = new World(peer, seed);
    const shared = new Device(world, "p_a");
    const people = [
      new Person(shared),
      new Person(shared), // a second tab of the same person
      new Person(new Device(world, "p_b")),
      new Person(new Device(world, "p_c")),
    ];
    await world.pass(1_000);

    const fresh = characters();
    const slow = 2 + (seed % 5) * 3; // frames that move between two acts, at most: in a slow world much is under way
    const typed = new Set<string>();
    const deleted = new Set<string>();
    const pick = (most: number): number => Math.floor(world.random() * (most + 1));
    const one = <T>(of: readonly T[]): T => of[pick(of.length - 1)]!;

    const write = (person: Person): void => {
      const field = person.composing ?? one(person.fields);
      if (field.readOnly) return;
      const at = snapped(field.value, pick(field.value.length));
      const end = world.random() < 0.3 ? snapped(field.value, Math.min(field.value.length, at + pick(4))) : at;
      let inserted = "";
      for (let times = world.random() < 0.8 ? 1 + pick(2) : 0; times > 0; times--) inserted += fresh.next().value as string;
      const gone = field.value.slice(at, Math.max(at, end));
      for (const character of gone) deleted.add(character);
      for (const character of inserted) typed.add(character);
      field.type(at, gone.length, inserted, person.composing ? "insertCompositionText" : "insertText");
    };

    const acts: [number, (person: Person) => void | Promise<void>][] = [
      [60, write],
      [
        5,
        (person) => {
          if (person.composing) {
            person.composing.dispatch("compositionend");
            person.composing = null;
          } else (person.composing = one(person.fields)).dispatch("compositionstart");
        },
      ],
      [6, ({ page }) => (totals.cuts++, page.tab.cut())],
      [
        2,
        ({ page }) => {
          if (page.tab.wire) world.lose(page.tab.wire);
          totals.cuts++;
        },
      ],
      [3, ({ page }) => page.tab.offline()],
      [5, ({ page }) => page.tab.online()],
      [1, () => peer.overflow()],
      [1, () => peer.closeAll(one(["reload", "stopping", "taken_over", "storage"]))],
      [
        2,
        async (person) => {
          // what was typed in the last moment is on the device when it was written; a test cannot ask for more
          await world.settle();
          person.page.tab.kill();
          totals.kills++;
          person.begin();
        },
      ],
      [3, () => world.pass(pick(4_000))],
      [12, () => world.settle()],
    ];
    const weight = acts.reduce((sum, [share]) => sum + share, 0);

    for (let turn = 0; turn < 250; turn++) {
      let at = world.random() * weight;
      const [, act] = acts.find(([share]) => (at -= share) < 0)!;
      await act(one(people));
      for (let steps = pick(slow); steps > 0; steps--) world.step();
      for (const { fields } of people) {
        for (const { value, selectionStart, selectionEnd } of fields) {
          if (!between(value, selectionStart) || !between(value, selectionEnd)) throw new Error("a caret inside a pair");
        }
      }
    }

    for (const person of people) {
      person.composing?.dispatch("compositionend");
      person.page.tab.online();
    }
    await new Promise((resolve) => setTimeout(resolve, 5)); // the end of a composition is told a task later
    await world.pass(120_000);

    expect(peer.broken).toEqual([]);
    expect(peer.nacks).toEqual([]);
    for (const [index, name] of TEXTS.entries()) {
      const text = peer.doc.getText(name).toString();
      for (const { fields } of people) expect(fields[index]!.value).toBe(text);
    }
    const all = TEXTS.map((name) => peer.doc.getText(name).toString()).join("");
    const there = [...all];
    expect(new Set(there).size).toBe(there.length); // nothing doubled
    expect(there.filter((character) => !typed.has(character))).toEqual([]); // nothing made up
    const lost = [...typed].filter((character) => !deleted.has(character) && !all.includes(character));
    expect(lost).toEqual([]);
    expect(there.filter((character) => deleted.has(character))).toEqual([]);
    for (const { page } of people) {
      expect(page.document.saved.value).toEqual({ now: "saved", changes: 0, kept: true, refused: 0, code: null });
    }
    totals.typed += typed.size;
    totals.deleted += deleted.size;
    totals.resent += peer.known;
    expect(typed.size).toBeGreaterThan(100);
    for (const { page } of people) page.study.close();
  });
});

describe("undo in random company", () => {
  it("never removes what somebody else typed", { timeout: 60_000 }, async () => {
    const peer = new Peer();
    const world = new World(peer, 99);
    const [a, b] = [open(new Device(world, "p_a")), open(new Device(world, "p_b"))];
    await world.pass(1_000);
    const fresh = characters();
    const authors = new Map<string, Page>();
    const deletedBy = new Map<Page, Set<string>>([
      [a, new Set()],
      [b, new Set()],
    ]);
    const pick = (most: number): number => Math.floor(world.random() * (most + 1));
    let undone = 0;
    for (let turn = 0; turn < 600; turn++) {
      const page = world.random() < 0.5 ? a : b;
      const { field } = page;
      const kind = world.random();
      if (kind < 0.5) {
        const at = snapped(field.value, pick(field.value.length));
        const character = fresh.next().value as string;
        authors.set(character, page);
        field.type(at, 0, character);
      } else if (kind < 0.65 && field.value) {
        const at = snapped(field.value, pick(field.value.length));
        const gone = field.value.slice(at, snapped(field.value, at + 3));
        for (const character of gone) deletedBy.get(page)!.add(character);
        if (gone) field.type(at, gone.length, "");
      } else if (kind < 0.8) {
        const back = world.random() < 0.6;
        const before = field.value;
        if (back ? page.binding.undo() : page.binding.redo()) undone++;
        for (const character of before) {
          if (field.value.includes(character) || authors.get(character) === page) continue;
          expect(back ? null : deletedBy.get(page)!.has(character)).toBe(true);
        }
      }
      if (world.random() < 0.3) await world.pass(pick(1_000));
      for (let steps = pick(8); steps > 0; steps--) world.step();
    }
    await world.pass(5_000);
    expect(a.field.value).toBe(b.field.value);
    expect(peer.nacks).toEqual([]);
    expect(undone).toBeGreaterThan(50);
  });
});
