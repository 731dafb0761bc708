import { describe, expect, it } from "vitest";
import { decodeDown, decodeUp, encodeDown, encodeUp, type Down, type Up } from "./frames";
import { seeded } from "./testing/world";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const where = { text: "question:r1", anchor: '{"tname":"question:r1"}', head: null };

const UPS: Up[] = [
  { type: "hello", channel: 1, hello: { protocol: 1, doc: "board/A/questions", epoch: null, previous: [1, 4294967295] } },
  { type: "hello", channel: 63, hello: { protocol: 1, doc: "board/Ä/😀", epoch: 7, previous: [] } },
  { type: "sync1", channel: 1, vector: bytes(0) },
  { type: "update", channel: 1, n: 300, update: bytes(1, 2, 3) },
  { type: "aware", channel: 1, where },
  { type: "cmd", channel: 2, command: { id: "x", kind: "row.add", after: "k3f9" } },
  { type: "ping", channel: 0 },
  { type: "leave", channel: 5 },
];

const DOWNS: Down[] = [
  {
    type: "welcome",
    channel: 1,
    welcome: {
      client: 4294967295, epoch: 1, person: "p_a", name: "Zoë 😀", role: "participant", write: true,
      limits: { update: 65536, cell: 20000, document: 1000000 },
    },
  },
  {
    type: "welcome",
    channel: 1,
    welcome: {
      client: null, epoch: 1, person: "p_a", name: "", role: "observer", write: false,
      limits: { update: 1, cell: 1, document: 1 },
    },
  },
  { type: "sync2", channel: 1, seq: 123456789, vector: bytes(0), diff: bytes(0, 0), snapshot: { rows: { r1: { fields: {} } } } },
  { type: "ack", channel: 1, n: 1, after: 2, through: 300 },
  { type: "nack", channel: 1, n: 2, code: "phase_closed" },
  { type: "updates", channel: 1, after: 0, through: 2, updates: [bytes(1), bytes(), bytes(2, 3)] },
  { type: "presence", channel: 1, here: [{ client: 9, person: "p", name: "n", role: "r", ...where }], gone: [3] },
  {
    type: "events",
    channel: 1,
    after: 4,
    through: 5,
    events: [{ seq: 5, at: "t", actor: "p", kind: "row.add", subject: "r", cmd: null, changes: [["rows", "r", null]] }],
  },
  { type: "refused", channel: 1, id: "x", code: "unknown_row" },
  { type: "pong", channel: 0 },
  { type: "closed", channel: 1, code: "epoch" },
  { type: "resync", channel: 1 },
];

describe("frames", () => {
  it.each(UPS)("goes up and comes back: $type", (frame) => expect(decodeUp(encodeUp(frame))).toEqual(frame));

  it.each(DOWNS)("comes down whole: $type", (frame) => expect(decodeDown(encodeDown(frame))).toEqual(frame));

  it("has the bytes of the contract", () => {
    expect([...encodeUp({ type: "ping", channel: 0 })]).toEqual([6, 0]);
    expect([...encodeUp({ type: "update", channel: 3, n: 300, update: bytes(9, 8) })]).toEqual([3, 3, 0xac, 2, 9, 8]);
    const hello = encodeUp(UPS[0]!);
    expect([...hello.slice(0, 2)]).toEqual([1, 1]);
    expect(JSON.parse(new TextDecoder().decode(hello.slice(2)))).toEqual({
      protocol: 1, doc: "board/A/questions", epoch: null, previous: [1, 4294967295],
    });
    expect([...encodeDown({ type: "ack", channel: 1, n: 1, after: 2, through: 300 })]).toEqual([19, 1, 1, 2, 0xac, 2]);
    expect([...encodeDown({ type: "updates", channel: 1, after: 0, through: 1, updates: [bytes(7, 7)] })]).toEqual([
      21, 1, 0, 1, 2, 7, 7,
    ]);
  });

  it.each([
    ["empty", []],
    ["a type of a later version", [99, 1]],
    ["no payload", [17, 1]],
    ["half a number", [19, 1, 0x80]],
    ["a number without end", [19, 1, ...Array<number>(20).fill(0xff)]],
    ["a length beyond the end", [21, 1, 0, 1, 200, 1]],
    ["broken UTF-8", [26, 1, 0x22, 0xff, 0x22]],
    ["JSON of another shape", [26, 1, ...new TextEncoder().encode('["epoch"]')]],
    ["a channel that cannot be", [26, 64, ...new TextEncoder().encode('{"code":"x"}')]],
    ["an event without a number", [23, 1, 0, 1, ...new TextEncoder().encode('[{"changes":[]}]')]],
  ])("is null for %s", (_what, message) => expect(decodeDown(Uint8Array.from(message))).toBeNull());

  it("never throws, on 20,000 mutants", () => {
    const random = seeded(11);
    const whole = DOWNS.map(encodeDown);
    let refused = 0;
    for (let turn = 0; turn < 20_000; turn++) {
      const mutant = whole[turn % whole.length]!.slice();
      for (let times = 0; times < 1 + (turn % 3); times++) mutant[Math.floor(random() * mutant.length)] = Math.floor(random() * 256);
      if (decodeDown(mutant.slice(0, Math.ceil(random() * mutant.length))) === null) refused++;
    }
    expect(refused).toBeGreaterThan(10_000);
  });
});
