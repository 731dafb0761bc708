// The cells of topic × type: which are written for, and which are still empty.

import { folded } from "./hints";

export interface CellMap {
  readonly topics: readonly string[];
  readonly types: readonly string[];
  /** How many questions a cell has, by its topic and type. */
  count(topic: string, type: string): number;
  readonly empty: number;
  /** Some empty cells whose topic and type were used least, every topic and every type at most once. */
  next(most: number): readonly (readonly [topic: string, type: string])[];
}

export interface Placed {
  readonly topic: string;
  readonly question_type: string;
}

/** The map of what is written over all topics and types: those named by the taxonomy, and those of the group. */
export function cellsOf(questions: readonly Placed[], topics: readonly string[], types: readonly string[]): CellMap {
  const rows = merged(topics, questions.map(({ topic }) => topic));
  const columns = merged(types, questions.map(({ question_type }) => question_type));
  const counts = new Map<string, number>();
  const used = { topics: new Map<string, number>(), types: new Map<string, number>() };
  const add = (map: Map<string, number>, key: string): unknown => map.set(key, (map.get(key) ?? 0) + 1);
  for (const { topic, question_type } of questions) {
    const [row, column] = [folded(topic), folded(question_type)];
    if (row !== "") add(used.topics, row);
    if (column !== "") add(used.types, column);
    if (row !== "" && column !== "") add(counts, `${row}\n${column}`);
  }
  const count = (topic: string, type: string): number => counts.get(`${folded(topic)}\n${folded(type)}`) ?? 0;
  const leastFirst = (names: readonly string[], map: Map<string, number>): string[] =>
    names
      .map((name, index) => ({ name, index, n: map.get(folded(name)) ?? 0 }))
      .sort((a, b) => a.n - b.n || a.index - b.index)
      .map(({ name }) => name);
  return {
    topics: rows,
    types: columns,
    count,
    empty: rows.length * columns.length - counts.size,
    next(most) {
      const left = leastFirst(columns, used.types);
      const found: [string, string][] = [];
      for (const topic of leastFirst(rows, used.topics)) {
        if (found.length >= most) break;
        const at = left.findIndex((type) => count(topic, type) === 0);
        if (at >= 0) found.push([topic, left.splice(at, 1)[0] as string]);
      }
      return found;
    },
  };
}

function merged(named: readonly string[], written: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const name of [...named, ...written]) {
    const key = folded(name);
    if (key !== "" && !found.has(key)) found.set(key, name.trim());
  }
  return [...found.values()];
}
