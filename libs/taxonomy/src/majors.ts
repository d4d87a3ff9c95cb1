// The catalogue of vocational majors: category, class, major. Codes are strings: some end in K.
import { codeListOf, type CodeListFile, type CodeRow } from './code-list.js';
import { filled, matching, readCsv, type CsvRow } from './csv.js';

const columns = ['code', 'name', 'class_code', 'class_name', 'category_code', 'category_name'] as const;
type MajorRow = CsvRow<(typeof columns)[number]>;

/** One row for each major, which also names its class and category. */
export function readMajors(csv: string): CodeListFile {
  const rows = readCsv(csv, columns);
  const seen = new Map<string, string>();
  // A wider entry comes once, and again only where a row names it differently.
  const wider = (row: CodeRow): CodeRow[] => {
    const known = seen.get(row.code) === row.name;
    if (!seen.has(row.code)) seen.set(row.code, row.name);
    return known ? [] : [row];
  };
  return codeListOf(rows.flatMap((row) => [...wider(categoryOf(row)), ...wider(classOf(row)), majorOf(row)]), rows.length);
}

function categoryOf(row: MajorRow): CodeRow {
  const code = matching(row, 'category_code', /^\d\d$/, 'category code (two digits)');
  return { line: row.line, code, name: filled(row, 'category_name'), level: 1, leaf: false, parents: [] };
}

function classOf(row: MajorRow): CodeRow {
  const code = matching(row, 'class_code', /^\d{4}$/, 'class code (four digits)');
  return { line: row.line, code, name: filled(row, 'class_name'), level: 2, leaf: false, parents: [row.cells.category_code], stem: code };
}

function majorOf(row: MajorRow): CodeRow {
  const code = matching(row, 'code', /^\d{6}[A-Z]{0,2}$/, 'major code (six digits, some with a letter)');
  return { line: row.line, code, name: filled(row, 'name'), level: 3, leaf: true, parents: [row.cells.class_code], stem: code };
}
