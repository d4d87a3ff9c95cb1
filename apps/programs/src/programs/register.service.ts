// What a register says that many colleges teach: the operator's call, each college's own rows, and the same way back.
import { Injectable } from '@nestjs/common';
import { topicOf, type ImportState, type UndoResponse } from '@tandem/contracts';
import { TenantDatabase, type Tx } from '@tandem/persistence';
import { Commands, groupBy, MAX_BATCH, restOf, type Call, type Fresh, type Outcome } from '@tandem/service-kit';
import { codesInForce } from '../projections/known-codes.js';
import { activeColleges } from '../projections/known-organisations.js';
import { offered, refuse, undo, type Level } from './program.js';
import { programs, type ProgramRow } from './program.entity.js';

export interface Offering {
  readonly collegeOrg: string;
  readonly code: string;
  readonly level: Level;
  readonly years: number;
}
interface Known {
  readonly colleges: ReadonlySet<string>;
  readonly majors: ReadonlySet<string>;
  /** Running programs by college, code and years. */
  readonly programs: ReadonlyMap<string, Pick<ProgramRow, 'id' | 'version' | 'sequence' | 'importId'>>;
}

const COLLEGES_A_STEP = 100;

@Injectable()
export class RegisterService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
  ) {}

  /**
   * A transaction for each college. What the same import brought before is answered as it is, so that an interrupted call is simply
   * repeated; an offering that cannot be taken now is refused without a trace, so that it can be taken later.
   */
  async import(call: Call, offerings: readonly Offering[], importId: string): Promise<Outcome[]> {
    const known = await this.database.withTenant(call.principal, (tx) => knownOf(tx, offerings));
    const outcomes = offerings.map((offering) => judged(offering, importId, known));
    const open = [...offerings.keys()].filter((n) => outcomes[n] === null);
    for (const [college, places] of groupBy(open, (n) => offerings[n]?.collegeOrg ?? '')) {
      const items = places.map((n) => offerings[n] as Offering);
      const made = await this.importInto(callIn(call, college, items), items, importId, known.majors);
      made.forEach((outcome, n) => (outcomes[places[n] as number] = outcome));
    }
    return outcomes as Outcome[];
  }

  private importInto(call: Call, items: readonly Offering[], importId: string, majors: ReadonlySet<string>): Promise<Outcome[]> {
    const make = (fresh: Fresh, { code, level, years }: Offering): ProgramRow => ({ ...fresh, ...offered({ code, level, years, skills: [] }, importId, majors) });
    return this.commands.createMany(call, programs, 'opened', items, make);
  }

  async state(call: Call, importId: string): Promise<ImportState> {
    const [row] = await this.database.withTenant(call.principal, (tx) =>
      tx.query<{ present: number; undone: number }>('select (count(*) filter (where not undone))::int present, (count(*) filter (where undone))::int undone from programs where import_id = $1', [importId]),
    );
    return { present: row?.present ?? 0, undone: row?.undone ?? 0 };
  }

  /** The programs of the next 100 colleges of the import; the answer tells how they stand now, also when it is asked again. */
  async undo(call: Call, importId: string, after: string | null): Promise<UndoResponse> {
    const found = await this.database.withTenant(call.principal, (tx) =>
      tx.query<{ org: string }>(`select distinct org from programs where import_id = $1 and org > coalesce($2::uuid, '00000000-0000-0000-0000-000000000000') order by org limit $3`, [importId, after, COLLEGES_A_STEP]),
    );
    const parts: UndoResponse[] = [];
    for (const { org } of found) parts.push(await this.undoIn(call, org, importId));
    return {
      undone: parts.reduce((sum, { undone }) => sum + undone, 0),
      kept: parts.flatMap(({ kept }) => kept),
      after: found.length < COLLEGES_A_STEP ? '' : (found.at(-1)?.org ?? ''),
    };
  }

  private async undoIn(call: Call, org: string, importId: string): Promise<UndoResponse> {
    const raws = await this.database.withTenant({ org }, (tx) => tx.query('select * from programs where org = $1 and import_id = $2', [org, importId]));
    const rows = raws.map((raw) => programs.table.hydrate(raw));
    const open = rows.filter(({ state }) => state !== 'closed');
    const kept: UndoResponse['kept'] = [];
    for (let n = 0; n < open.length; n += MAX_BATCH) {
      const slice = open.slice(n, n + MAX_BATCH);
      const rule = (row: ProgramRow, _at: object, used: ReadonlySet<string>): ProgramRow => undo(row, used.has(row.id));
      const outcomes = await this.commands.changeMany(callIn(call, org, slice), programs, 'closed', slice.map(({ id, version }) => ({ id, version })), rule, { facts: (tx, items) => inUse(tx, org, items.map(({ id }) => id)) });
      outcomes.forEach((outcome, at) => {
        const row = slice[at];
        if (row && 'refused' in outcome) kept.push({ id: row.id, org, label: `${row.code}/${row.years}`, reason: outcome.refused.code });
      });
    }
    return { undone: rows.length - kept.length, kept, after: '' };
  }

  /** Each college's own rows say it. */
  async collegesInUse(ids: readonly string[]): Promise<string[]> {
    const used: string[] = [];
    for (const org of ids) {
      const [row] = await this.database.withTenant({ org }, (tx) =>
        tx.query<{ used: boolean }>(
          `select exists (select from programs where org = $1 and state <> 'closed') or exists (select from cohorts where org = $1 and state <> 'graduated')
             or exists (select from students where org = $1 and state in ('enrolled', 'on_leave')) used`,
          [org],
        ),
      );
      if (row?.used) used.push(org);
    }
    return used;
  }
}

/** What can be said before any college is written to: null, where it is to be written. */
function judged({ collegeOrg, code, years }: Offering, importId: string, { colleges, majors, programs: there }: Known): Outcome | null {
  if (!colleges.has(collegeOrg)) return { refused: refuse.unknown_college({ field: 'college' }) };
  if (!majors.has(code)) return { refused: refuse.unknown_code({ field: 'code', code }) };
  const found = there.get(keyOf(collegeOrg, code, years));
  if (!found) return null;
  if (found.importId !== importId) return { refused: refuse.already_there({ field: 'code' }) };
  return { done: { id: found.id, version: found.version, seen: { topic: topicOf(programs.name), id: found.id, sequence: found.sequence } } };
}

async function knownOf(tx: Tx, offerings: readonly Offering[]): Promise<Known> {
  const orgs = [...new Set(offerings.map(({ collegeOrg }) => collegeOrg))];
  const [colleges, majors, rows] = await Promise.all([
    activeColleges(tx, orgs),
    codesInForce(tx, 'majors', offerings.map(({ code }) => code)),
    tx.query<Pick<ProgramRow, 'org' | 'code' | 'years' | 'id' | 'version' | 'sequence' | 'importId'>>(
      `select org, code, years, id, version, sequence, import_id "importId" from programs where org = any($1::uuid[]) and is_public and state <> 'closed'`,
      [orgs],
    ),
  ]);
  return { colleges, majors, programs: new Map(rows.map((row) => [keyOf(row.org, row.code, row.years), row])) };
}

async function inUse(tx: Tx, org: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    `select program_id id from cohorts where org = $1 and program_id = any($2::uuid[]) and state <> 'graduated'
     union select program_id from students where org = $1 and program_id = any($2::uuid[]) and state in ('enrolled', 'on_leave')`,
    [org, ids],
  );
  return new Set(rows.map(({ id }) => id));
}

function keyOf(org: string, code: string, years: number): string {
  return `${org} ${code} ${years}`;
}

/** In the college's own tenant, by the operator. */
function callIn(call: Call, org: string, items: readonly object[]): Call {
  return { ...restOf(call, items), principal: { ...call.principal, org } };
}
