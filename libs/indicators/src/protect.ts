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
 * Primary suppression below the threshold, then complementary: in each line of the table (all cells that share the codes of some axes, whose
 * sum is a cell of a coarser table, or the total) what is hidden must be at least two cells that together reach the threshold, else the smallest
 * shown cell of the line is hidden too; repeated until nothing changes. A line of which everything is hidden stays so. Answers in order of the keys, whatever the order of the input.
 */
export function protect(given: readonly Cell[], { threshold, base }: Protection = STANDARD): Protected[] {
  const names = new Map(given.map((cell) => [cell, cell.key.join('\t')]));
  const cells = given.toSorted((a, b) => compare(names.get(a) ?? '', names.get(b) ?? ''));
  const hidden = new Uint8Array(cells.length);
  const { lines, linesOf } = linesThrough(cells);
  const open: Line[] = [];
  const hide = (n: number): void => {
    hidden[n] = 1;
    for (const of of linesOf) {
      const line = lines[of[n] ?? -1] as Line;
      line.out += 1;
      line.together += cells[n]?.population ?? 0;
      open.push(line);
    }
  };
  for (const [n, { population }] of cells.entries()) if (population < threshold) hide(n);
  // What is hidden in one line may leave another one open: only those through the newly hidden cell are looked at again.
  for (let line = open.pop(); line; line = open.pop()) {
    if (line.out === line.cells.length || (line.out > 1 && line.together >= threshold)) continue;
    hide(smallestShown(cells, line, hidden));
  }
  return cells.map((cell, n) => (hidden[n] ? { key: cell.key, isSuppressed: true, denominator: 0, numerator: 0, unknown: 0, ratePermille: null } : shown(cell, base)));
}

interface Line {
  readonly cells: number[];
  /** How many of them are hidden, and about how many these are. */
  out: number;
  together: number;
}

function smallestShown(cells: readonly Cell[], line: Line, hidden: Uint8Array): number {
  let [smallest, least] = [-1, Infinity];
  for (const n of line.cells) {
    const population = cells[n]?.population ?? Infinity;
    if (!hidden[n] && population < least) [smallest, least] = [n, population];
  }
  return smallest;
}

/** For each choice of axes that are summed up, the cells that share every other code. `linesOf`: one array a choice, by cell. */
function linesThrough(cells: readonly Cell[]): { lines: Line[]; linesOf: Int32Array[] } {
  const axes = cells[0]?.key.length ?? 0;
  const codes = Array.from({ length: axes }, (_, axis) => numbered(cells, axis));
  const lines: Line[] = [];
  const linesOf = Array.from({ length: 2 ** axes - 1 }, (_, choice) => {
    const kept = codes.filter((_codes, axis) => ((choice + 1) >> axis) % 2 === 0);
    const byOthers = new Map<number, number>();
    return Int32Array.from(cells, (_cell, n) => {
      const others = kept.reduce((key, { of, many }) => key * many + (of[n] ?? 0), 0);
      let at = byOthers.get(others);
      if (at === undefined) {
        at = lines.push({ cells: [], out: 0, together: 0 }) - 1;
        byOthers.set(others, at);
      }
      lines[at]?.cells.push(n);
      return at;
    });
  });
  return { lines, linesOf };
}

/** The codes of one axis as numbers. */
function numbered(cells: readonly Cell[], axis: number): { readonly of: Int32Array; readonly many: number } {
  const numbers = new Map<string, number>();
  const of = Int32Array.from(cells, ({ key }) => {
    const code = key[axis] ?? '';
    const number = numbers.get(code) ?? numbers.size;
    numbers.set(code, number);
    return number;
  });
  return { of, many: numbers.size };
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function shown({ key, denominator, numerator, unknown }: Cell, base: number): Protected {
  const down = (count: number): number => Math.floor(count / base) * base;
  const rounded = { denominator: down(denominator), numerator: down(numerator), unknown: down(unknown) };
  return { key, isSuppressed: false, ...rounded, ratePermille: rounded.denominator === 0 ? null : Math.round((1000 * rounded.numerator) / rounded.denominator) };
}
