import { describe, expect, it } from "vitest";
import { filled } from "./phrase";

const rows = { one: "{n} row", other: "{n} rows" };

describe("a phrase", () => {
  it.each([
    [0, "0 rows"],
    [1, "1 row"],
    [2, "2 rows"],
    [1234, "1,234 rows"],
  ])("counts %i", (n, wanted) => {
    expect(filled(rows, { n }, "en")).toBe(wanted);
  });

  it("counts and writes numbers as its language does", () => {
    const linhas = { one: "{n} linha", other: "{n} linhas" };
    expect(filled(linhas, { n: 0 }, "pt-BR")).toBe("0 linha");
    expect(filled(linhas, { n: 12345 }, "pt-BR")).toBe("12.345 linhas");
  });

  it("takes values as they are, however they look", () => {
    expect(filled("Hello, {name}", { name: "{n} $& $1" }, "en")).toBe("Hello, {n} $& $1");
  });

  it("leaves a hole that has no value", () => {
    expect(filled("{a} and {b}", { a: "Ana" }, "en")).toBe("Ana and {b}");
  });
});
