// The rows of a board as its snapshot holds them.

import type { Json, Snapshot } from "../../sync";

export interface Row {
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly removed: boolean;
  readonly by: string;
  readonly order: string;
}

type Entry = { [key: string]: Json };

const isEntry = (value: Json | undefined): value is Entry =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

// A snapshot keeps the identity of what did not change, and so must we: a row that is the same is not drawn again.
const read = new WeakMap<Entry, Row>();

/** All rows in their order, those taken out among them. */
export function rowsOf(snapshot: Snapshot): Row[] {
  const rows: Row[] = [];
  for (const [id, value] of Object.entries(snapshot["rows"] ?? {})) {
    if (!isEntry(value)) continue;
    let row = read.get(value);
    if (row === undefined) {
      const fields = isEntry(value["fields"]) ? value["fields"] : {};
      row = {
        id,
        fields: Object.fromEntries(Object.entries(fields).map(([name, given]) => [name, text(given)])),
        removed: value["removed"] === true,
        by: text(value["by"]),
        order: text(value["order"]),
      };
      read.set(value, row);
    }
    rows.push(row);
  }
  // keys compare by code point, as the server made them
  return rows.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : a.id < b.id ? -1 : 1));
}

export function phaseOf(snapshot: Snapshot): "open" | "closed" | null {
  const main = snapshot["board"]?.["main"];
  if (!isEntry(main)) return null;
  return main["phase"] === "closed" ? "closed" : "open";
}

/** The row that an event brought. */
export function addedRow(changes: readonly (readonly [string, string, Json])[]): string | undefined {
  return changes.find(([collection, , value]) => collection === "rows" && value !== null)?.[1];
}
