// A roster brought in: what would be refused, without writing anything, and what an import enrolled taken back.
import { Inject, Injectable } from '@nestjs/common';
import { Refusal, type ImportState, type UndoResponse } from '@tandem/contracts';
import { TenantDatabase, type KeyRing, type Tx } from '@tandem/persistence';
import { Commands, KEY_RING, MAX_BATCH, restOf, type Call } from '@tandem/service-kit';
import { studentsInUse } from '../projections/known-uses.js';
import { knownOf } from './known.service.js';
import { bornOn, enrolled, refuse, undo, type Known } from './student.js';
import { students, type StudentRow } from './student.entity.js';
import type { Enrolment, StudentTerms } from './students.service.js';

/** What enrolment would say of one student. */
export interface Checked {
  /** Enrolled by the same import already. */
  readonly present: boolean;
  readonly refusal: Refusal | null;
}
interface There {
  readonly rollNos: ReadonlyMap<string, { readonly importId: string | null }>;
  readonly idHashes: ReadonlySet<string>;
}

@Injectable()
export class RosterService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
    @Inject(KEY_RING) private readonly keys: KeyRing,
  ) {}

  /** The rules of enrolment on the college's present rows; also what comes twice within the call is told. */
  async check(call: Call, { students: many, importId }: Enrolment): Promise<Checked[]> {
    const { org } = call.principal;
    const hashes = many.map(({ idNumber }) => (idNumber === null ? null : this.keys.searchHash(org, idNumber)));
    const { known, there } = await this.database.withTenant(call.principal, async (tx) => {
      const [of, rows] = await Promise.all([knownOf(tx, org, many), thereOf(tx, org, many.map(({ rollNo }) => rollNo), hashes, importId)]);
      return { known: of, there: rows };
    });
    const rollNos = new Set<string>();
    const people = new Set<string>();
    return many.map((terms, n) => {
      if (importId !== null && there.rollNos.get(terms.rollNo)?.importId === importId) return { present: true, refusal: null };
      const hash = hashes[n]?.toString('hex') ?? null;
      const isTwice = { rollNo: rollNos.has(terms.rollNo) || there.rollNos.has(terms.rollNo), person: hash !== null && (people.has(hash) || there.idHashes.has(hash)) };
      rollNos.add(terms.rollNo);
      if (hash !== null) people.add(hash);
      return { present: false, refusal: refusalOf(terms, call.today, known, isTwice) };
    });
  }

  async state({ principal }: Call, importId: string): Promise<ImportState> {
    const [row] = await this.database.withTenant(principal, (tx) =>
      tx.query<{ present: number; undone: number }>(
        `select (count(*) filter (where reason is distinct from 'import_undone'))::int present, (count(*) filter (where reason = 'import_undone'))::int undone from students where org = $1 and import_id = $2`,
        [principal.org, importId],
      ),
    );
    return { present: row?.present ?? 0, undone: row?.undone ?? 0 };
  }

  /** The next 1,000 of the import by id; the answer tells how they stand now, also when it is asked again. */
  async undo(call: Call, importId: string, after: string | null): Promise<UndoResponse> {
    const { org } = call.principal;
    const rows = await this.database.withTenant(call.principal, (tx) =>
      tx.query<{ id: string; version: number; state: string; rollNo: string }>(
        `select id, version, state, roll_no "rollNo" from students where org = $1 and import_id = $2 and id > coalesce($3::uuid, '00000000-0000-0000-0000-000000000000') order by id limit $4`,
        [org, importId, after, MAX_BATCH],
      ),
    );
    const here = rows.filter(({ state }) => state === 'enrolled' || state === 'on_leave');
    const kept: UndoResponse['kept'] = [];
    if (here.length > 0) {
      const rule = (row: StudentRow, _at: object, used: ReadonlySet<string>): StudentRow => undo(row, used.has(row.id));
      const outcomes = await this.commands.changeMany(restOf(call, here), students, 'left', here, rule, { facts: (tx, items) => studentsInUse(tx, org, items.map(({ id }) => id)) });
      outcomes.forEach((outcome, n) => {
        if ('refused' in outcome) kept.push({ id: here[n]?.id ?? '', org, label: here[n]?.rollNo ?? '', reason: outcome.refused.code });
      });
    }
    return { undone: rows.length - kept.length, kept, after: rows.length < MAX_BATCH ? '' : (rows.at(-1)?.id ?? '') };
  }
}

function refusalOf(terms: StudentTerms, today: string, known: Known, isTwice: { readonly rollNo: boolean; readonly person: boolean }): Refusal | null {
  try {
    enrolled(terms, bornOn(terms, today), known);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  if (isTwice.rollNo) return refuse.duplicate_roll_no({ field: 'rollNo' });
  return isTwice.person ? refuse.duplicate_id_number({ field: 'idNumber' }) : null;
}

// oxlint-disable-next-line max-params -- what is sought, by either way, in which college and beside which import
async function thereOf(tx: Tx, org: string, rollNos: readonly string[], hashes: readonly (Buffer | null)[], importId: string | null): Promise<There> {
  const rows = await tx.query<{ rollNo: string; idHash: Buffer | null; importId: string | null; left: boolean }>(
    `select roll_no "rollNo", id_hash "idHash", import_id "importId", state = 'withdrawn' "left" from students
      where org = $1 and (roll_no = any($2::text[]) or id_hash = any($3::bytea[])) and (state <> 'withdrawn' or (import_id = $4 and reason <> 'import_undone'))`,
    [org, rollNos, hashes.filter((hash) => hash !== null), importId],
  );
  const standing = rows.filter(({ left }) => !left);
  return {
    rollNos: new Map([...rows.filter(({ left }) => left), ...standing].map((row) => [row.rollNo, row])),
    idHashes: new Set(standing.flatMap(({ idHash }) => (idHash === null ? [] : [idHash.toString('hex')]))),
  };
}
