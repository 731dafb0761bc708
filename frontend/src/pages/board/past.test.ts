import { describe, expect, it } from "vitest";
import { momentsOf, namesOf, pastRows } from "./past";

describe("moments", () => {
  it("come oldest first, without what is nobody's act", () => {
    const said = [
      { seq: 9, at: "t9", actor: "p_2", kind: "typing", first: 7, count: 3, subject: "" },
      { seq: 5, at: "t5", actor: "p_1", kind: "client.issued", first: 5, count: 1, subject: "" },
      { seq: 4, at: "t4", actor: "p_1", kind: "row.add", first: 4, count: 1, subject: "k3f9" },
    ];
    expect(momentsOf(said).map(({ seq, kind }) => [seq, kind])).toEqual([
      [4, "row.add"],
      [9, "typing"],
    ]);
  });
});

describe("a board as it was", () => {
  const said = {
    state: {
      rows: {
        b: { fields: { topic: "Health" }, removed: false, order: "2" },
        a: { fields: { topic: "Travel" }, removed: false, order: "1" },
        c: { fields: {}, removed: true, order: "3" },
      },
    },
    texts: {
      "question:a": { text: "Why 👩‍🌾? Because.", runs: [[0, 8, "p_1", null], [8, 17, "p_2", "call-1"]] },
    },
    people: { p_1: "Ana" },
  };

  it("has its rows in order, without those taken out", () => {
    expect(pastRows(said).map(({ id, fields }) => [id, fields["topic"]])).toEqual([
      ["a", "Travel"],
      ["b", "Health"],
    ]);
  });

  it("says whose each piece is, counted in code points", () => {
    const pieces = pastRows(said)[0]?.texts.get("question");
    expect(pieces).toEqual([
      { text: "Why 👩‍🌾?", person: "p_1", model: false },
      { text: " Because.", person: "p_2", model: true },
    ]);
  });

  it("brings the names that the server gives", () => {
    expect(namesOf(said)).toEqual([["p_1", "Ana"]]);
    expect(namesOf({})).toEqual([]);
  });
});
