import { afterEach, describe, expect, it } from "vitest";
import { browserEnvironment } from "./environment";

describe("a browser that keeps nothing", () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, "indexedDB");

  afterEach(() => {
    if (before) Object.defineProperty(globalThis, "indexedDB", before);
    else Reflect.deleteProperty(globalThis, "indexedDB");
  });

  it("may throw at the name of its database, and the page goes on without", () => {
    Object.defineProperty(globalThis, "indexedDB", {
      configurable: true,
      get() {
        throw new DOMException("The operation is insecure.", "SecurityError");
      },
    });
    expect(browserEnvironment().indexedDB).toBe(null);
  });

  it("may not have it at all", () => {
    Reflect.deleteProperty(globalThis, "indexedDB");
    expect(browserEnvironment().indexedDB).toBe(null);
  });
});
