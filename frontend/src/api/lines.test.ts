import { describe, expect, it } from "vitest";
import { Refused } from "./api";
import { linesOf, LONGEST_LINE } from "./lines";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function stream(chunks: readonly Uint8Array[], { open = false, onCancel = (): void => undefined } = {}): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      if (!open) controller.close();
    },
    cancel: onCancel,
  });
}

async function all(from: AsyncIterable<unknown>): Promise<unknown[]> {
  const found = [];
  for await (const value of from) found.push(value);
  return found;
}

const code = async (from: AsyncIterable<unknown>): Promise<string> => {
  try {
    await all(from);
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
  return "";
};

describe("lines of an answer", () => {
  it("are whole however the bytes are cut, and the last one needs no line end", async () => {
    const whole = bytes('{"text":"👩‍🌾 ação"}\n\n{"waiting":2}\r\n{"done":true}');
    for (let size = 1; size < 7; size++) {
      const chunks = [];
      for (let at = 0; at < whole.length; at += size) chunks.push(whole.slice(at, at + size));
      expect(await all(linesOf(stream(chunks), 1000))).toEqual([{ text: "👩‍🌾 ação" }, { waiting: 2 }, { done: true }]);
    }
  });

  it("are told before the answer is over", async () => {
    const lines = linesOf(stream([bytes('{"waiting":1}\n{"te')], { open: true }), 1000);
    expect((await lines.next()).value).toEqual({ waiting: 1 });
    await lines.return();
  });

  it("let go of the stream when nobody reads on", async () => {
    let gone = false;
    const lines = linesOf(stream([bytes('1\n2\n')], { open: true, onCancel: () => (gone = true) }), 1000);
    await lines.next();
    await lines.return();
    expect(gone).toBe(true);
  });

  it("are refused when they are no JSON, never end, or never come", async () => {
    expect(await code(linesOf(stream([bytes("<html>\n")]), 1000))).toBe("offline");
    expect(await code(linesOf(stream([bytes('{"text":"hal')]), 1000))).toBe("offline");
    expect(await code(linesOf(stream([bytes("x".repeat(LONGEST_LINE + 1))], { open: true }), 1000))).toBe("too_large");
    expect(await code(linesOf(stream([], { open: true }), 5))).toBe("offline");
  });
});
