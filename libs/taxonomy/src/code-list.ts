// What every reader of a code list answers: each code once, with its final place, and each line that was not as it should be.

export interface CodeEntry {
  readonly code: string;
  readonly name: string;
  readonly parent: string | null;
  /** 1 is the widest. */
  readonly level: number;
  /** Of the lowest level of its classification; a wider one without children is none. */
  readonly leaf: boolean;
}

export interface Finding {
  /** As an editor counts them: the header is line 1. */
  readonly line: number;
  readonly code: string;
  /** `repeated`: the first line counts. `orphan`: its parent is not there. `misplaced`: its parent cannot be right. */
  readonly problem: 'repeated' | 'orphan' | 'misplaced';
  /** In words, with what was done about it. */
  readonly detail: string;
}

export interface CodeListFile {
  /** Rows read, repeated ones too. */
  readonly rows: number;
  /** The widest level first, so that a parent comes before its children. */
  readonly entries: readonly CodeEntry[];
  readonly findings: readonly Finding[];
}

export interface CodeRow extends Omit<CodeEntry, 'parent'> {
  readonly line: number;
  /** The nearest first; empty for the widest level. */
  readonly parents: readonly string[];
  /** What a code and its right parent begin with; absent where the code says nothing of its parent. */
  readonly stem?: string;
}

/** Keeps the first row of each code. A code that also stands at the lowest level may be named there, whatever its first row says. */
export function codeListOf(rows: readonly CodeRow[], read = rows.length): CodeListFile {
  const byCode = new Map<string, CodeRow>();
  const findings: Finding[] = [];
  for (const row of rows) {
    const first = byCode.get(row.code);
    byCode.set(row.code, first ? { ...first, leaf: first.leaf || row.leaf } : row);
    if (first) findings.push(repeated(first, row));
  }
  const entries = [...byCode.values()].map((row) => {
    const { parent, finding } = placed(row, byCode);
    if (finding) findings.push(finding);
    return { code: row.code, name: row.name, parent, level: row.level, leaf: row.leaf };
  });
  return { rows: read, entries: entries.sort((a, b) => a.level - b.level), findings: findings.sort((a, b) => a.line - b.line) };
}

function repeated(first: CodeRow, { line, code, name, level, leaf }: CodeRow): Finding {
  const otherName = name === first.name ? '' : ` as ${first.name}, here ${name}: the first name was kept`;
  const otherLevel = level === first.level ? '' : leaf ? `; level ${level} here, ${first.level} there: kept, as one of the lowest level` : `; level ${level} here, ${first.level} there: the first level was kept`;
  return { line, code, problem: 'repeated', detail: `already on line ${first.line}${otherName}${otherLevel}` };
}

/** The nearest wider code that exists. An orphan stays without a parent: a position may still name it. */
function placed(row: CodeRow, byCode: ReadonlyMap<string, CodeRow>): { parent: string | null; finding: Finding | null } {
  const { line, code, parents, stem } = row;
  const [nearest] = parents;
  if (nearest === undefined) return { parent: null, finding: null };
  const parent = parents.find((wider) => isWider(byCode.get(wider), row)) ?? null;
  const put = parent === null ? 'imported without a parent' : `imported under ${parent}`;
  const find = (problem: Finding['problem'], what: string) => ({ parent, finding: { line, code, problem, detail: `${what}; ${put}` } });
  if (!byCode.has(nearest)) return find('orphan', `its parent ${nearest} is not there`);
  if (parent !== nearest) return find('misplaced', `its parent ${nearest} is not of a wider level`);
  if (stem !== undefined && !stem.startsWith(nearest)) return find('misplaced', `its code does not begin with that of its parent ${nearest}`);
  return { parent, finding: null };
}

function isWider(parent: CodeRow | undefined, row: CodeRow): boolean {
  return parent !== undefined && parent.level < row.level && parent.code !== row.code;
}
