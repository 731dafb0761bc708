import { describe, expect, it } from "vitest";
import { Connection, type Passenger } from "./connection";
import type { Environment, SocketEvents } from "./environment";
import { decodeUp, encodeDown, type Down } from "./frames";

/** A clock, and sockets that do what the test says. */
class Line {
  now = 0;
  readonly sockets: { events: SocketEvents; sent: Uint8Array[]; closed: boolean; at: number }[] = [];
  #timers: { at: number; run: () => void }[] = [];

  readonly environment = {
    now: () => this.now,
    random: () => 0.5,
    after: (ms: number, run: () => void) => {
      const timer = { at: this.now + ms, run };
      this.#timers.push(timer);
      return () => (this.#timers = this.#timers.filter((other) => other !== timer));
    },
    connect: (_path: string, events: SocketEvents) => {
      const socket = { events, sent: [] as Uint8Array[], closed: false, at: this.now };
      this.sockets.push(socket);
      return { send: (frame: Uint8Array) => void socket.sent.push(frame), close: () => (socket.closed = true) };
    },
  } as unknown as Environment;

  get last() {
    return this.sockets.at(-1)!;
  }

  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.now = Math.max(this.now, next.at);
      next.run();
    }
    this.now = end;
  }

  /** Pass time until the next socket is tried; returns how long that took. */
  retried(): number {
    const [before, sockets] = [this.now, this.sockets.length];
    while (this.sockets.length === sockets && this.now - before < 60_000) this.pass(10);
    return this.now - before;
  }

  types(): (string | undefined)[] {
    return this.last.sent.map((frame) => decodeUp(frame)?.type);
  }

  hear(frame: Down): void {
    this.last.events.received(encodeDown(frame));
  }
}

class Rider implements Passenger {
  readonly seen: string[] = [];
  online(): void {
    this.seen.push("online");
  }
  offline(): void {
    this.seen.push("offline");
  }
  take(frame: Down): void {
    this.seen.push(frame.type);
  }
}

function opened(trouble?: () => Promise<string | null>): { line: Line; connection: Connection; rider: Rider } {
  const line = new Line();
  const connection = new Connection(line.environment, "/live", trouble);
  const rider = new Rider();
  connection.add(rider);
  connection.start();
  line.last.events.opened();
  return { line, connection, rider };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a connection", () => {
  it("pings every ten seconds and stays as long as it is answered", () => {
    const { line, connection } = opened();
    for (let times = 0; times < 10; times++) {
      line.pass(10_000);
      line.hear({ type: "pong", channel: 0 });
    }
    expect(line.types()).toEqual(Array(10).fill("ping"));
    expect(connection.state.value.state).toBe("online");
    expect(line.sockets).toHaveLength(1);
  });

  it("is dead after thirty seconds of silence", () => {
    const { line, connection, rider } = opened();
    line.pass(29_000);
    expect(connection.state.value.state).toBe("online");
    line.pass(1_500);
    expect(line.sockets[0]!.closed).toBe(true);
    expect(rider.seen).toEqual(["online", "offline"]);
  });

  it("of a hidden page, whose timers come once a minute, is kept", () => {
    const { line, connection } = opened();
    for (let minute = 0; minute < 10; minute++) {
      line.now += 50_000; // no timer was let run
      line.pass(0);
      line.hear({ type: "pong", channel: 0 });
    }
    expect(connection.state.value.state).toBe("online");
    expect(line.sockets).toHaveLength(1);
    line.now += 30_000;
    line.hear({ type: "resync", channel: 1 });
    expect(line.types().length).toBeGreaterThan(10); // a frame is as good an occasion as a timer
  });

  it("tries again fast, then less and less often, and never less than every 15 seconds", () => {
    const { line, connection } = opened();
    const waits: number[] = [];
    for (let times = 0; times < 10; times++) {
      line.last.events.closed(1006, "");
      expect(connection.state.value.state).toBe("offline");
      waits.push(line.retried());
    }
    expect(waits[0]).toBeLessThanOrEqual(300);
    expect(waits[1]).toBeLessThanOrEqual(500);
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
    expect(waits.at(-1)).toBeGreaterThan(7_000);
    expect(waits.at(-1)).toBeLessThanOrEqual(15_000);
  });

  it("tries at once when the network comes back, and asks an open socket whether it lives", () => {
    const { line, connection } = opened();
    for (let times = 0; times < 6; times++) {
      line.last.events.closed(1006, "");
      if (times < 5) line.retried();
    }
    const before = line.sockets.length;
    connection.wake();
    expect(line.sockets.length).toBe(before + 1);
    connection.wake(); // once
    expect(line.sockets.length).toBe(before + 1);
    line.last.events.opened();
    connection.wake();
    expect(line.types()).toEqual(["ping"]);
    line.pass(5_500); // no answer: it was open in name only
    expect(line.sockets.length).toBe(before + 2);
  });

  it("is not deceived by what was on its way when the network went", () => {
    const { line, connection, rider } = opened();
    const channel = connection.enter(rider)!;
    connection.wake();
    line.pass(200);
    line.hear({ type: "resync", channel }); // sent before the ping, and heard after it
    line.pass(5_300);
    expect(line.sockets).toHaveLength(2);
  });

  it("holds on while anything still comes, or once the ping is answered", () => {
    const { line, connection, rider } = opened();
    const channel = connection.enter(rider)!;
    connection.wake();
    line.pass(2_000);
    line.hear({ type: "resync", channel }); // a slow line, on which the answer waits behind others
    line.pass(3_500);
    line.hear({ type: "pong", channel: 0 });
    connection.wake();
    line.pass(200);
    line.hear({ type: "pong", channel: 0 });
    line.pass(5_300);
    expect(line.sockets).toHaveLength(1);
  });

  it("gives each passenger its own channel, and no channel twice on a socket", () => {
    const { line, connection, rider } = opened();
    const other = new Rider();
    connection.add(other);
    const [one, two] = [connection.enter(rider)!, connection.enter(other)!];
    line.hear({ type: "resync", channel: one });
    line.hear({ type: "closed", channel: two, code: "reload" });
    expect([rider.seen.at(-1), other.seen.at(-1)]).toEqual(["resync", "closed"]);
    connection.leave(one);
    expect(line.types()).toEqual(["leave"]);
    line.hear({ type: "resync", channel: one });
    expect(rider.seen.filter((type) => type === "resync")).toHaveLength(1);
    const used = new Set([one, two]);
    for (let channel = connection.enter(rider); channel !== null; channel = connection.enter(rider)) {
      expect(used.has(channel)).toBe(false);
      used.add(channel);
    }
    expect(used.size).toBe(63);
    expect(rider.seen.at(-1)).toBe("offline"); // and begins anew on another socket
  });

  it("does not fall over bytes that are no frame", () => {
    const { line, connection, rider } = opened();
    connection.enter(rider);
    for (const bytes of [[], [255], [18, 1], [21, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255]]) {
      expect(() => line.last.events.received(Uint8Array.from(bytes))).not.toThrow();
    }
    expect(rider.seen).toEqual(["online"]);
  });

  it("lets no dead socket speak", () => {
    const { line, connection, rider } = opened();
    const first = line.last;
    first.events.closed(1006, "");
    line.pass(1_000);
    line.last.events.opened();
    const channel = connection.enter(rider)!;
    first.events.received(encodeDown({ type: "resync", channel }));
    first.events.closed(1006, "");
    expect(rider.seen).toEqual(["online", "offline", "online"]);
    expect(connection.state.value.state).toBe("online");
  });

  it("stops when the server says no, until it is asked to try", async () => {
    const { line, connection } = opened();
    line.last.events.closed(1008, "too many");
    await settle();
    expect(connection.state.value).toEqual({ state: "refused", code: "too_many" });
    line.pass(100_000);
    connection.wake();
    expect(line.sockets).toHaveLength(1);
    connection.retry();
    line.last.events.opened();
    expect(connection.state.value.state).toBe("online");
  });

  it("asks the page why a socket does not open", async () => {
    let code: string | null = null;
    const { line, connection } = opened(async () => code);
    line.last.events.closed(1006, "");
    line.retried();
    line.last.events.closed(1006, ""); // never opened: the network, says the page
    await settle();
    expect(connection.state.value.state).toBe("offline");
    code = "signed_out";
    line.retried();
    line.last.events.closed(1006, "");
    await settle();
    expect(connection.state.value).toEqual({ state: "refused", code: "signed_out" });
  });

  it("does not go on for ever with a server of another version", async () => {
    const { line, connection } = opened();
    for (let times = 0; times < 3; times++) {
      line.last.events.closed(1002, "bad frame");
      await settle();
      if (times === 2) break;
      expect(connection.state.value.state).toBe("offline");
      line.retried();
      line.last.events.opened();
    }
    expect(connection.state.value).toEqual({ state: "refused", code: "protocol" });
  });

  it("gives a socket that never opens up", () => {
    const line = new Line();
    const connection = new Connection(line.environment, "/live");
    connection.start();
    expect(connection.state.value.state).toBe("connecting");
    line.pass(16_000);
    expect(line.sockets).toHaveLength(2);
    expect(line.sockets[0]!.closed).toBe(true);
  });
});
