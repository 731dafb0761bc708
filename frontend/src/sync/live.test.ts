/**
 * The same layer against the real server, with real sockets: run by tests/frontend/test_sync_layer.py, which serves a
 * study and says where, and who may come. Skipped without that.
 */

import { IDBFactory } from "fake-indexeddb";
import { describe, expect, it } from "vitest";
import { snapped } from "./diff";
import type { Environment } from "./environment";
import { openStudy, type Answer, type SharedDocument, type Study } from "./index";
import { Field } from "./testing/field";
import { seeded } from "./testing/world";

interface Given {
  url: string;
  study: string;
  doc: string;
  people: { person: string; cookie: string }[];
}

const given = JSON.parse(process.env["SEEDBED_LIVE"] ?? "null") as Given | null;

/** A socket that a test can cut. */
class Device {
  readonly indexedDB = new IDBFactory();
  readonly #held = new Map<string, Tab>();

  constructor(readonly cookie: string) {}

  lock(name: string, tab: Tab): boolean {
    const holder = this.#held.get(name);
    if (holder?.alive && holder !== tab) return false;
    this.#held.set(name, tab);
    return true;
  }
}

class Tab {
  alive = true;
  network = true;
  wake: () => void = () => undefined;
  #cut: () => void = () => undefined;

  constructor(readonly device: Device) {}

  cut(): void {
    this.#cut();
  }

  kill(): void {
    this.alive = false;
    this.#cut();
  }

  get environment(): Environment {
    let ids = 0;
    const salt = Math.random().toString(36).slice(2);
    return {
      now: () => performance.now(),
      date: () => new Date().toISOString(),
      after: (ms, run) => {
        const timer = setTimeout(() => this.alive && run(), ms);
        return () => clearTimeout(timer);
      },
      random: Math.random,
      id: () => `${salt}${++ids}`,
      indexedDB: this.device.indexedDB,
      locks: { hold: async (name) => this.device.lock(name, this), release: () => undefined },
      watch: (wake) => ((this.wake = wake), () => undefined),
      connect: (path, events) => {
        const headers = { cookie: this.device.cookie, origin: given!.url };
        const socket = new WebSocket(given!.url.replace("http", "ws") + path, { headers } as unknown as string[]);
        socket.binaryType = "arraybuffer";
        let over = !this.network || !this.alive;
        const end = (code: number, reason: string): void => {
          if (over) return;
          over = true;
          if (this.alive) events.closed(code, reason);
        };
        if (over) setTimeout(() => this.alive && events.closed(1006, ""), 5);
        socket.onopen = () => (over ? socket.close() : events.opened());
        socket.onmessage = ({ data }) => over || events.received(new Uint8Array(data as ArrayBuffer));
        socket.onclose = ({ code, reason }) => end(code, reason);
        socket.onerror = () => undefined;
        this.#cut = () => {
          end(1006, "");
          socket.close();
        };
        return {
          send: (frame) => void (!over && socket.readyState === 1 && socket.send(frame as Uint8Array<ArrayBuffer>)),
          close: () => {
            over = true;
            socket.close();
          },
        };
      },
    };
  }
}

interface Page {
  tab: Tab;
  study: Study;
  document: SharedDocument;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what: string, is: () => boolean): Promise<void> {
  for (let times = 0; times < 400; times++) {
    if (is()) return;
    await pause(25);
  }
  throw new Error(`never: ${what}`);
}

function open(device: Device, person: string): Page {
  const tab = new Tab(device);
  const study = openStudy({ study: given!.study, person, environment: tab.environment });
  return { tab, study, document: study.document(given!.doc) };
}

describe.skipIf(given === null)("against the real server", () => {
  it("types together through cuts, dead tabs and undo, with nothing lost", { timeout: 100_000 }, async () => {
    const devices = given!.people.map(({ cookie }) => new Device(cookie));
    const pages = given!.people.map(({ person }, at) => open(devices[at]!, person));
    await until("loaded", () => pages.every(({ document }) => document.access.value.write));

    const added = await Promise.all(pages.map(({ document }) => document.command("row.add")));
    expect(added.map(({ ok }: Answer) => ok)).toEqual(pages.map(() => true));
    const again = await pages[0]!.document.command("row.set", { row: "nowhere", field: "topic", value: "x" });
    expect(again.ok).toBe(false);
    const rows = (): string[] => Object.keys(pages[0]!.document.state.value["rows"] ?? {});
    await until("rows", () => rows().length >= pages.length);
    const name = `question:${rows()[0]!}`;

    const random = seeded(Number(process.env["SEED"] ?? 4));
    const pick = (most: number): number => Math.floor(random() * (most + 1));
    const bind = (page: Page): { page: Page; field: Field; binding: ReturnType<SharedDocument["bind"]> } => {
      const field = new Field();
      return { page, field, binding: page.document.bind(field, name) };
    };
    const seats = pages.map(bind);
    const typed = new Set<string>();
    const deleted = new Set<string>();
    let next = 0;
    for (let turn = 0; turn < 400; turn++) {
      const at = pick(seats.length - 1);
      const seat = seats[at]!;
      const { field } = seat;
      const kind = random();
      if (kind < 0.6) {
        const character = String.fromCodePoint((turn % 2 ? 0x20000 : 0x4e00) + next++);
        if (!field.readOnly) {
          typed.add(character);
          field.type(snapped(field.value, pick(field.value.length)), 0, character);
        }
      } else if (kind < 0.72) {
        const from = snapped(field.value, pick(field.value.length));
        const gone = field.value.slice(from, snapped(field.value, from + 3));
        if (gone && !field.readOnly) {
          for (const character of gone) deleted.add(character);
          field.type(from, gone.length, "");
        }
      } else if (kind < 0.82) {
        // what an undo takes away or brings back is the person's own doing: it may be there or not
        const before = field.value;
        if (random() < 0.6 ? seat.binding.undo() : seat.binding.redo()) {
          for (const character of before) if (!field.value.includes(character)) deleted.add(character);
        }
      } else if (kind < 0.86) seat.page.tab.cut();
      else if (kind < 0.88) {
        seat.page.tab.network = !seat.page.tab.network;
        if (seat.page.tab.network) seat.page.tab.wake();
        else seat.page.tab.cut();
      } else if (kind < 0.89) {
        await pause(30); // the device has it
        seat.page.tab.kill();
        seats[at] = bind(open(seat.page.tab.device, given!.people[at]!.person));
      } else if (kind < 0.97) await pause(pick(40));
    }
    for (const { page } of seats) {
      page.tab.network = true;
      page.tab.wake();
    }
    await until("saved", () => seats.every(({ page }) => page.document.saved.value.now === "saved"));
    await until("the same", () => new Set(seats.map(({ field }) => field.value)).size === 1);
    for (const { page } of seats) {
      expect(page.document.refused.value).toEqual([]);
      expect(page.document.saved.value).toMatchObject({ now: "saved", changes: 0, refused: 0 });
    }
    const text = seats[0]!.field.value;
    expect([...typed].filter((character) => !deleted.has(character) && !text.includes(character))).toEqual([]);
    expect(typed.size).toBeGreaterThan(100);

    // and what a page that comes now is told
    const late = bind(open(new Device(given!.people[0]!.cookie), given!.people[0]!.person));
    await until("a late page", () => late.field.value === text);
    for (const { page } of [...seats, late]) page.study.close();
    console.info("live", { typed: typed.size, deleted: deleted.size, length: text.length });
  });
});
