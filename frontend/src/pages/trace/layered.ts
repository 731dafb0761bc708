// Where everything stands in the picture: a column for each step back or forward, and in the middle what was traced.

import type { Traced, TraceNode, TraceStep } from "../../api/shapes";

export const WIDTH = 160;
export const HEIGHT = 52;
const ACROSS = 32;
const DOWN = 8;
/** So many stand in one column; the rest is a number beneath them. */
export const FULL = 9;

export interface Spot {
  name: string;
  /** Null: so many more, which only the list has. */
  node: TraceNode | null;
  rest: number;
  column: number;
  x: number;
  y: number;
}

export interface Line {
  from: Spot;
  to: Spot;
}

export interface Picture {
  spots: readonly Spot[];
  lines: readonly Line[];
  focus: Spot;
  width: number;
  height: number;
}

export function layered(trace: Traced): Picture {
  const columns = new Map<number, Spot[]>();
  const spots = new Map<string, Spot>();
  const lines = new Map<string, Line>();

  function place(column: number, node: TraceNode): Spot | null {
    const name = `${column} ${node.kind}:${node.id}`;
    const there = spots.get(name);
    if (there !== undefined) return there;
    const full = columns.get(column) ?? [];
    if (full.filter((spot) => spot.node !== null).length >= FULL) return null;
    return add({ name, node, rest: 0, column, x: 0, y: 0 });
  }

  function more(column: number, rest: number): Spot {
    const name = `${column} …`;
    const spot = spots.get(name) ?? add({ name, node: null, rest: 0, column, x: 0, y: 0 });
    spot.rest += rest;
    return spot;
  }

  function add(spot: Spot): Spot {
    spots.set(spot.name, spot);
    columns.set(spot.column, [...(columns.get(spot.column) ?? []), spot]);
    return spot;
  }

  function join(near: Spot, far: Spot, way: 1 | -1): void {
    const [from, to] = way === 1 ? [near, far] : [far, near];
    lines.set(`${from.name} > ${to.name}`, { from, to });
  }

  function walk(near: Spot, steps: readonly TraceStep[], way: 1 | -1): void {
    const column = near.column + way;
    for (const step of steps) {
      for (const node of step.nodes) {
        const known = spots.has(`${column} ${node.kind}:${node.id}`);
        const far = place(column, node);
        join(near, far ?? more(column, 1), way);
        if (far !== null && !known) walk(far, node.steps, way);
      }
      if (step.total > step.nodes.length) join(near, more(column, step.total - step.nodes.length), way);
    }
  }

  const focus = add({ name: "0", node: trace.node, rest: 0, column: 0, x: 0, y: 0 });
  walk(focus, trace.back, -1);
  walk(focus, trace.forward, 1);

  const first = Math.min(...columns.keys());
  const tallest = Math.max(...[...columns.values()].map((column) => column.length));
  const height = tallest * (HEIGHT + DOWN) - DOWN;
  for (const [number, column] of columns) {
    column.sort((a, b) => Number(a.node === null) - Number(b.node === null)); // "so many more" stands last
    const top = (height - (column.length * (HEIGHT + DOWN) - DOWN)) / 2;
    column.forEach((spot, at) => {
      spot.x = (number - first) * (WIDTH + ACROSS);
      spot.y = top + at * (HEIGHT + DOWN);
    });
  }
  return { spots: [...spots.values()], lines: [...lines.values()], focus, width: columns.size * (WIDTH + ACROSS) - ACROSS, height };
}

const PRESSED: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The spot that an arrow key leads to: in the next column the one that is joined to it, else the nearest; or null. */
export function beside({ spots, lines }: Picture, from: Spot, key: string): Spot | null {
  const [across, down] = PRESSED[key] ?? [0, 0];
  if (across === 0 && down === 0) return null;
  const able = spots.filter(
    (spot) => spot.node !== null && (across !== 0 ? spot.column === from.column + across : spot.column === from.column && (spot.y - from.y) * down > 0),
  );
  const joined = able.filter((spot) => lines.some((line) => (line.from === from && line.to === spot) || (line.to === from && line.from === spot)));
  const among = across !== 0 && joined.length > 0 ? joined : able;
  return among.toSorted((a, b) => Math.abs(a.y - from.y) - Math.abs(b.y - from.y))[0] ?? null;
}
