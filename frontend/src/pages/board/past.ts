// A board as it was: the server's answers about the past, read with care, because they are open JSON.

export interface Moment {
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  readonly kind: string;
}

/** A piece of a text and whose it is; `model` where a model wrote it and the person had it put in. */
export interface Piece {
  readonly text: string;
  readonly person: string;
  readonly model: boolean;
}

export interface PastRow {
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly texts: ReadonlyMap<string, readonly Piece[]>;
}

/** What is no act of a person's: a page got an id to type under, a note of a curator's was answered or taken away. */
const SILENT = new Set(["client.issued", "row.changed", "row.settled"]);

type Open = Record<string, unknown>;
const isOpen = (value: unknown): value is Open => typeof value === "object" && value !== null && !Array.isArray(value);
const open = (value: unknown): Open => (isOpen(value) ? value : {});
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** The moments to choose from, oldest first. */
export function momentsOf(said: readonly unknown[]): Moment[] {
  return said
    .filter(isOpen)
    .map(({ seq, at, actor, kind }) => ({ seq: Number(seq), at: text(at), actor: text(actor), kind: text(kind) }))
    .filter((moment) => Number.isFinite(moment.seq) && !SILENT.has(moment.kind))
    .sort((a, b) => a.seq - b.seq);
}

/** The names that the server gave with its answer, by person. */
export function namesOf(said: unknown): [string, string][] {
  return Object.entries(open(open(said)["people"])).map(([id, name]) => [id, text(name)]);
}

/** The rows that stood then, in their order. */
export function pastRows(said: unknown): PastRow[] {
  const { state, texts } = open(said);
  const pieces = new Map<string, [field: string, Piece[]][]>();
  for (const [name, value] of Object.entries(open(texts))) {
    const [field = "", row = ""] = name.split(":");
    const found = pieces.get(row) ?? [];
    found.push([field, piecesOf(value)]);
    pieces.set(row, found);
  }
  return Object.entries(open(open(state)["rows"]))
    .map(([id, value]) => ({ id, ...open(value) }) as Open & { id: string })
    .filter((row) => row["removed"] !== true)
    .sort((a, b) => (text(a["order"]) < text(b["order"]) ? -1 : 1))
    .map((row) => ({
      id: row.id,
      fields: Object.fromEntries(Object.entries(open(row["fields"])).map(([name, value]) => [name, text(value)])),
      texts: new Map(pieces.get(row.id)),
    }));
}

/** Runs count code points, as the server does. */
function piecesOf(value: unknown): Piece[] {
  const { text: whole, runs } = open(value);
  const letters = Array.from(text(whole));
  if (!Array.isArray(runs)) return [{ text: letters.join(""), person: "", model: false }];
  return runs.filter(Array.isArray).map(([start, end, person, call]: unknown[]) => ({
    text: letters.slice(Number(start), Number(end)).join(""),
    person: text(person),
    model: typeof call === "string",
  }));
}
