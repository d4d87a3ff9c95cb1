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
  const cells = given.toSorted(compare);
  const hidden = cells.map(({ population }) => population < threshold);
  const lines = linesOf(cells);
  for (let changed = true; changed; ) {
    changed = false;
    for (const line of lines) changed = hideOneMore(cells, line, hidden, threshold) || changed;
  }
  return cells.map((cell, n) => (hidden[n] ? { key: cell.key, isSuppressed: true, denominator: 0, numerator: 0, unknown: 0, ratePermille: null } : shown(cell, base)));
}

function hideOneMore(cells: readonly Cell[], line: readonly number[], hidden: boolean[], threshold: number): boolean {
  const out = line.filter((n) => hidden[n]);
  const together = out.reduce((sum, n) => sum + (cells[n]?.population ?? 0), 0);
  if (out.length === 0 || out.length === line.length || (out.length > 1 && together >= threshold)) return false;
  const [smallest] = line.filter((n) => !hidden[n]).toSorted((a, b) => (cells[a]?.population ?? 0) - (cells[b]?.population ?? 0) || a - b);
  if (smallest === undefined) return false;
  hidden[smallest] = true;
  return true;
}

/** By axis, the cells that share every other code; in one axis all cells are one line. */
function linesOf(cells: readonly Cell[]): number[][] {
  const axes = cells[0]?.key.length ?? 0;
  const lines = new Map<string, number[]>();
  for (let axis = 0; axis < axes; axis += 1) {
    cells.forEach(({ key }, n) => {
      const line = JSON.stringify([axis, key.filter((_code, at) => at !== axis)]);
      const known = lines.get(line);
      if (known) known.push(n);
      else lines.set(line, [n]);
    });
  }
  return [...lines.values()];
}

function compare(a: Cell, b: Cell): number {
  const [left, right] = [a.key.join('\t'), b.key.join('\t')];
  return left === right ? 0 : left < right ? -1 : 1;
}

function shown({ key, denominator, numerator, unknown }: Cell, base: number): Protected {
  const down = (count: number): number => Math.floor(count / base) * base;
  const rounded = { denominator: down(denominator), numerator: down(numerator), unknown: down(unknown) };
  return { key, isSuppressed: false, ...rounded, ratePermille: rounded.denominator === 0 ? null : Math.round((1000 * rounded.numerator) / rounded.denominator) };
}
