// Disclosure control of a table of counts: small cells are hidden, and as many others as it takes that none can be worked out from a sum;
// what is shown is rounded down, and rates come from what is shown.

/** Counts of one cell; `key` has one code for each axis of the table. */
export interface Cell {
  readonly key: readonly string[];
  /** How many people or posts the cell is about: what the threshold looks at. */
  readonly population: number;
  readonly denominator: number;
  readonly numerator: number;
  readonly unknown: number;
}

export interface Protected {
  readonly key: readonly string[];
  readonly isSuppressed: boolean;
  /** Rounded down to a multiple of the base; 0 where suppressed. */
  readonly denominator: number;
  readonly numerator: number;
  readonly unknown: number;
  /** Numerator over denominator as rounded, in per mille; null where nothing is shown. */
  readonly ratePermille: number | null;
}

export interface Protection {
  /** A cell about fewer is hidden. */
  readonly threshold: number;
  /** Counts are rounded down to a multiple of this. */
  readonly base: number;
}

const STANDARD: Protection = { threshold: 10, base: 5 };

/**
 * Primary suppression below the threshold, then complementary: in each line of the table (all cells that differ in one axis alone, whose sum
 * is the cell of a coarser table) what is hidden must be at least two cells that together reach the threshold, else the smallest shown cell
 * of the line is hidden too; repeated until nothing changes. A line of which everything is hidden stays so. Answers in order of the keys, whatever the order of the input.
 */
export function protect(given: readonly Cell[], { threshold, base }: Protection = STANDARD): Protected[] {
  const names = new Map(given.map((cell) => [cell, cell.key.join('\t')]));
  const cells = given.toSorted((a, b) => compare(names.get(a) ?? '', names.get(b) ?? ''));
  const hidden = Uint8Array.from(cells, ({ population }) => (population < threshold ? 1 : 0));
  const { lines, linesOf } = linesThrough(cells);
  // What is hidden in one line may leave another one open: only those through the newly hidden cell are looked at again.
  const open = [...lines.keys()];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const more = hideOneMore(cells, lines[at] ?? [], hidden, threshold);
    if (more >= 0) open.push(...(linesOf[more] ?? []));
  }
  return cells.map((cell, n) => (hidden[n] ? { key: cell.key, isSuppressed: true, denominator: 0, numerator: 0, unknown: 0, ratePermille: null } : shown(cell, base)));
}

/** The smallest shown cell of a line that would give a hidden one away; now hidden too. -1: the line is safe. */
function hideOneMore(cells: readonly Cell[], line: readonly number[], hidden: Uint8Array, threshold: number): number {
  let [out, together, smallest, least] = [0, 0, -1, Infinity];
  for (const n of line) {
    const { population } = cells[n] as Cell;
    if (hidden[n]) {
      out += 1;
      together += population;
    } else if (population < least) [smallest, least] = [n, population];
  }
  if (out === 0 || smallest === -1 || (out > 1 && together >= threshold)) return -1;
  hidden[smallest] = 1;
  return smallest;
}

/** By axis, the cells that share every other code; in one axis all cells are one line. `linesOf` each cell: one for each axis. */
function linesThrough(cells: readonly Cell[]): { lines: number[][]; linesOf: number[][] } {
  const axes = cells[0]?.key.length ?? 0;
  const lines: number[][] = [];
  const linesOf: number[][] = cells.map(() => []);
  for (let axis = 0; axis < axes; axis += 1) {
    const byOthers = new Map<string, number>();
    for (const [n, { key }] of cells.entries()) {
      const others = key.map((code, at) => (at === axis ? '' : code)).join('\t');
      let line = byOthers.get(others);
      if (line === undefined) {
        line = lines.push([]) - 1;
        byOthers.set(others, line);
      }
      lines[line]?.push(n);
      linesOf[n]?.push(line);
    }
  }
  return { lines, linesOf };
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function shown({ key, denominator, numerator, unknown }: Cell, base: number): Protected {
  const down = (count: number): number => Math.floor(count / base) * base;
  const rounded = { denominator: down(denominator), numerator: down(numerator), unknown: down(unknown) };
  return { key, isSuppressed: false, ...rounded, ratePermille: rounded.denominator === 0 ? null : Math.round((1000 * rounded.numerator) / rounded.denominator) };
}
