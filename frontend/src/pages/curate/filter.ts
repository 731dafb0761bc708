// What of the table is shown: which seeds, in which order, from which on. It stands in the address, so that a view can
// be shared, and comes back with the browser's back button.

export const FIELDS = [
  "kind", "state", "flag", "topic", "question_type", "value", "group", "author", "chosen", "pool", "use", "nuanced",
  "written_by", "edited",
] as const; // prettier-ignore
export type FilterField = (typeof FIELDS)[number];

export const SORTS = ["id", "state", "group", "topic", "question_type", "measured", "order", "length"] as const;
export type Sort = (typeof SORTS)[number];

/** Several values of one field mean any of them, several fields mean all; "" are rows that have none. */
export type Filter = Readonly<Record<FilterField, readonly string[]>> & { readonly q: string };

export interface View {
  readonly filter: Filter;
  readonly sort: Sort;
  readonly descending: boolean;
  readonly offset: number;
  /** The seed that is open beside the table. */
  readonly seed: string | null;
}

export const NO_FILTER: Filter = {
  q: "", kind: [], state: [], flag: [], topic: [], question_type: [], value: [], group: [], author: [], chosen: [],
  pool: [], use: [], nuanced: [], written_by: [], edited: [],
}; // prettier-ignore
export const WHOLE: View = { filter: NO_FILTER, sort: "id", descending: false, offset: 0, seed: null };

export const filters = (filter: Filter): boolean => filter.q !== "" || FIELDS.some((field) => filter[field].length > 0);

export function viewOf(search: string): View {
  const asked = new URLSearchParams(search);
  const filter = Object.fromEntries(FIELDS.map((field) => [field, [...new Set(asked.getAll(field))]]));
  const sort = asked.get("sort");
  const offset = Number(asked.get("from") ?? 1) - 1;
  return {
    filter: { ...NO_FILTER, ...filter, q: asked.get("q") ?? "" },
    sort: SORTS.find((each) => each === sort) ?? "id",
    descending: asked.get("order") === "down",
    offset: Number.isSafeInteger(offset) && offset > 0 ? offset : 0,
    seed: asked.get("seed"),
  };
}

/** The part of the address after the path, or "". */
export function searchOf({ filter, sort, descending, offset, seed }: View): string {
  const asked = new URLSearchParams();
  if (filter.q !== "") asked.set("q", filter.q);
  for (const field of FIELDS) for (const value of filter[field]) asked.append(field, value);
  if (sort !== "id") asked.set("sort", sort);
  if (descending) asked.set("order", "down");
  if (offset > 0) asked.set("from", String(offset + 1));
  if (seed !== null) asked.set("seed", seed);
  return asked.size > 0 ? `?${asked}` : "";
}

/** The filter with a value of a field put in, or taken out where it is in. */
export function toggled(filter: Filter, field: FilterField, value: string): Filter {
  const now = filter[field];
  return { ...filter, [field]: now.includes(value) ? now.filter((each) => each !== value) : [...now, value] };
}
