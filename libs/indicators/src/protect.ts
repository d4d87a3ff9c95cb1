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

/** In a key, the code of an axis that is summed up. */
export const ALL = '';

/**
 * Disclosure control of a whole cube at once: of the finest cells and of every sum over axes, because each of these tables may be asked for.
 * Primary suppression below the threshold, then complementary: each sum and its parts are an equation, and in none may a hidden count be worked
 * out from shown ones. Where the sum is shown, hidden parts are at least two that together reach the threshold; where it is hidden, so is a part.
 * What else has to go is the smallest shown part, or the sum. Repeated until nothing changes; answers in order of the keys, whatever the order of
 * the input. What two equations together would narrow down is not looked at.
 */
export function protect(finest: readonly Cell[], { threshold, base }: Protection = STANDARD): Protected[] {
  const cells = withSums(finest);
  const hidden = new Uint8Array(cells.length);
  const { equations, through } = equationsOf(cells);
  const open: Equation[] = [];
  const hide = (n: number): void => {
    if (hidden[n]) return;
    hidden[n] = 1;
    open.push(...(through[n] ?? []));
  };
  for (const [n, { population }] of cells.entries()) if (population < threshold) hide(n);
  open.push(...equations);
  for (let equation = open.pop(); equation; equation = open.pop()) {
    const more = opens(cells, equation, hidden, threshold);
    if (more >= 0) hide(more);
  }
  return cells.map((cell, n) => (hidden[n] ? { key: cell.key, isSuppressed: true, denominator: 0, numerator: 0, unknown: 0, ratePermille: null } : shown(cell, base)));
}

/** A sum over one axis, and what it is the sum of. */
interface Equation {
  readonly sum: number;
  readonly parts: number[];
}

/** What must go too, or -1 where the equation gives nobody away. */
function opens(cells: readonly Cell[], { sum, parts }: Equation, hidden: Uint8Array, threshold: number): number {
  let [out, together, smallest, least] = [0, 0, -1, Infinity];
  for (const n of parts) {
    const population = cells[n]?.population ?? 0;
    if (hidden[n]) {
      out += 1;
      together += population;
    } else if (population < least) [smallest, least] = [n, population];
  }
  if (hidden[sum]) return out === 0 ? smallest : -1;
  if (out === 0 || (out > 1 && together >= threshold)) return -1;
  return smallest === -1 ? sum : smallest;
}

/** The finest cells and their sums over every choice of axes, sorted by key. */
function withSums(finest: readonly Cell[]): Cell[] {
  const axes = finest[0]?.key.length ?? 0;
  const all = new Map<string, Cell>();
  for (const cell of finest) {
    for (let choice = 0; choice < 2 ** axes; choice += 1) {
      const key = cell.key.map((code, axis) => ((choice >> axis) % 2 === 1 ? ALL : code));
      const name = key.join('\t');
      const { population, denominator, numerator, unknown } = all.get(name) ?? nothing;
      all.set(name, { key, population: population + cell.population, denominator: denominator + cell.denominator, numerator: numerator + cell.numerator, unknown: unknown + cell.unknown });
    }
  }
  return [...all].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
}
const nothing = { population: 0, denominator: 0, numerator: 0, unknown: 0 };

function equationsOf(cells: readonly Cell[]): { equations: Equation[]; through: Equation[][] } {
  const at = new Map(cells.map(({ key }, n) => [key.join('\t'), n]));
  const bySum = new Map<string, Equation>();
  const through: Equation[][] = cells.map(() => []);
  for (const [n, { key }] of cells.entries()) {
    for (const [axis, code] of key.entries()) {
      if (code === ALL) continue;
      const sum = at.get(key.map((own, other) => (other === axis ? ALL : own)).join('\t')) ?? -1;
      const equation = bySum.get(`${axis} ${sum}`) ?? { sum, parts: [] };
      if (equation.parts.length === 0) {
        bySum.set(`${axis} ${sum}`, equation);
        through[sum]?.push(equation);
      }
      equation.parts.push(n);
      through[n]?.push(equation);
    }
  }
  return { equations: [...bySum.values()], through };
}

function shown({ key, denominator, numerator, unknown }: Cell, base: number): Protected {
  const down = (count: number): number => Math.floor(count / base) * base;
  const rounded = { denominator: down(denominator), numerator: down(numerator), unknown: down(unknown) };
  return { key, isSuppressed: false, ...rounded, ratePermille: rounded.denominator === 0 ? null : Math.round((1000 * rounded.numerator) / rounded.denominator) };
}
