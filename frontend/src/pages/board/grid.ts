// Moving between the cells of a table with the keys: Esc leaves what is edited for its cell, arrows move, Enter edits.

const EDITED = "textarea, input, button, a";
const SHIFT: Record<string, readonly [rows: number, cells: number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Whether the key did something here. */
export function moved(table: HTMLTableElement, event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
  const at = event.target;
  if (!(at instanceof HTMLElement)) return false;
  const cell = at.closest<HTMLTableCellElement>("td, th");
  if (cell === null) return false;
  if (at !== cell) {
    if (event.key !== "Escape") return false;
    cell.focus();
    return true;
  }
  if (event.key === "Enter" || event.key === "F2") {
    const inside = cell.querySelector<HTMLElement>(EDITED);
    inside?.focus();
    return inside !== null;
  }
  const shift = SHIFT[event.key];
  if (shift === undefined) return false;
  const mirrored = getComputedStyle(table).direction === "rtl" ? -1 : 1;
  return neighbour(table, cell, shift[0], shift[1] * mirrored);
}

function neighbour(table: HTMLTableElement, cell: HTMLTableCellElement, rows: number, cells: number): boolean {
  const lines = Array.from(table.tBodies).flatMap((body) => Array.from(body.rows));
  const line = cell.parentElement as HTMLTableRowElement;
  const next = lines[lines.indexOf(line) + rows];
  if (next === undefined) return false;
  // a row of another shape (one that was removed) has fewer cells
  const to = next.cells[Math.min(cell.cellIndex + cells, next.cells.length - 1)];
  if (to === undefined || to === cell) return false;
  to.focus();
  to.scrollIntoView({ block: "nearest" });
  return true;
}
