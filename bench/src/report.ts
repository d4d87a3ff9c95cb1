// How a bench speaks: checks first, then figures as min/median/max over the rounds, then goals as ratios to what ran beside it.
import { loadNow } from './stage.js';

export const isQuick = process.argv.includes('--quick');
const isStrict = process.argv.includes('--strict');

export type Comparison = '<=' | '>=';

/** The value of `--name 5`, or the default. */
export function numberOption(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}

/** `1.2/1.3/1.5`: min, median, max. */
export function spread(values: readonly number[]): string {
  return [Math.min(...values), median(values), Math.max(...values)].map(short).join('/');
}

export function short(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toFixed(digits);
}

/** Of each round one by the other. */
export function ratios(values: readonly number[], others: readonly number[]): number[] {
  return values.map((value, round) => value / (others[round] ?? NaN));
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  for (const row of all) console.log(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ').trimEnd());
}

export class Report {
  private failed = 0;
  private missed = 0;
  private readonly rows: string[][] = [];

  constructor(readonly title: string) {
    console.log(`${title}${isQuick ? ' (quick: figures mean nothing)' : ''}; load average ${loadNow()}`);
  }

  /** What must be right before any time counts. */
  check(what: string, actual: unknown, expected: unknown): void {
    if (Object.is(actual, expected)) return;
    this.failed += 1;
    console.log(`WRONG ${what}: ${String(actual)} instead of ${String(expected)}`);
  }

  /** The median of the rounds is held to the limit. */
  goal(what: string, values: readonly number[], comparison: Comparison, limit: number): void {
    const value = median(values);
    const isMet = comparison === '<=' ? value <= limit : value >= limit;
    if (!isMet) this.missed += 1;
    this.rows.push([what, spread(values), `${comparison} ${limit}`, isMet ? 'met' : 'MISSED']);
  }

  /** Prints the goals and sets the exit code: 1 for a wrong result, and with `--strict` for a missed goal. */
  end(): void {
    console.log('');
    table(['goal', 'min/median/max', 'limit', ''], this.rows);
    console.log(`checks ${this.failed === 0 ? 'passed' : `FAILED (${this.failed})`}, goals missed ${this.missed}; load average ${loadNow()}`);
    if (this.failed > 0 || (isStrict && this.missed > 0)) process.exitCode = 1;
  }
}
