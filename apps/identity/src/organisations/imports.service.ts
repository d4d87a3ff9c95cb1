// A register brought in: many organisations in one command, and taken back again as far as nobody belongs to them.
import { Injectable } from '@nestjs/common';
import { OPERATOR_ORG, topicOf, type ImportState, type UndoResponse } from '@tandem/contracts';
import { TenantDatabase, type Tx } from '@tandem/persistence';
import { Commands, restOf, type Call, type Fresh, type Outcome } from '@tandem/service-kit';
import { refuse, undo } from './organisation.js';
import { organisations, type OrganisationRow } from './organisation.entity.js';
import type { NewOrganisation } from './organisations.service.js';

export interface Registration {
  readonly organisations: readonly NewOrganisation[];
  readonly importId: string | null;
  readonly atomic: boolean;
  /** The register is the evidence: active at once. */
  readonly verified: boolean;
}

@Injectable()
export class ImportsService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
  ) {}

  /** What the same import registered before is answered as it is, whatever key it comes under; so an interrupted import is simply repeated. */
  async register(call: Call, { organisations: many, importId, atomic, verified }: Registration): Promise<Outcome[]> {
    const known = importId === null ? new Map<string, Outcome>() : await this.registeredBy(call, importId, many);
    const fresh = many.filter(({ code }) => !known.has(code));
    const state = verified ? ('active' as const) : ('pending' as const);
    const make = (row: Fresh, organisation: NewOrganisation, taken: ReadonlySet<string>): OrganisationRow => {
      if (taken.has(organisation.code)) throw refuse.code_taken({ field: 'code', code: organisation.code });
      return { ...row, ...organisation, selfOrg: row.id, state, isPublic: verified, suspendedUntil: null, importId, undone: false };
    };
    const made = fresh.length === 0 ? [] : await this.commands.createMany(restOf(call, fresh), organisations, 'registered', fresh, make, { facts: takenCodes, atomic });
    let n = 0;
    return many.map(({ code }) => known.get(code) ?? (made[n++] as Outcome));
  }

  async state(call: Call, importId: string): Promise<ImportState> {
    const [row] = await this.database.withTenant(call.principal, (tx) =>
      tx.query<{ present: number; undone: number }>('select (count(*) filter (where not undone))::int present, (count(*) filter (where undone))::int undone from organisations where import_id = $1', [importId]),
    );
    return { present: row?.present ?? 0, undone: row?.undone ?? 0 };
  }

  /** Of these the import's own. Whether others use them is for others to say: they are not among the ids then. */
  async undo(call: Call, importId: string, ids: readonly string[]): Promise<UndoResponse> {
    const rows = await this.database.withTenant(call.principal, (tx) => tx.query('select * from organisations where org = $1 and import_id = $2 and id = any($3::uuid[])', [OPERATOR_ORG, importId, ids]));
    const open = rows.map((raw) => organisations.table.hydrate(raw)).filter(({ state }) => state !== 'closed');
    if (open.length === 0) return { undone: rows.length, kept: [], after: '' };
    const members = await this.membersOf(open);
    const rule = (row: OrganisationRow): OrganisationRow => undo(row, importId, members.get(row.id) ?? 0);
    const outcomes = await this.commands.changeMany(restOf(call, open), organisations, 'closed', open.map(({ id, version }) => ({ id, version })), rule);
    const kept = outcomes.flatMap((outcome, n) => ('refused' in outcome ? [{ id: open[n]?.id ?? '', org: open[n]?.id ?? '', label: open[n]?.code ?? '', reason: outcome.refused.code }] : []));
    return { undone: rows.length - kept.length, kept, after: '' };
  }

  private async registeredBy(call: Call, importId: string, many: readonly NewOrganisation[]): Promise<Map<string, Outcome>> {
    const rows = await this.database.withTenant(call.principal, (tx) =>
      tx.query<{ id: string; code: string; version: number; sequence: number }>('select id, code, version, sequence from organisations where org = $1 and import_id = $2 and not undone and code = any($3::text[])', [
        OPERATOR_ORG,
        importId,
        many.map(({ code }) => code),
      ]),
    );
    const topic = topicOf(organisations.name);
    return new Map(rows.map(({ id, code, version, sequence }) => [code, { done: { id, version, seen: { topic, id, sequence } } }]));
  }

  /** Memberships are each organisation's own rows. */
  private async membersOf(rows: readonly OrganisationRow[]): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const { id } of rows) {
      const [row] = await this.database.withTenant({ org: id }, (tx) => tx.query<{ n: number }>(`select count(*)::int n from memberships where org = $1 and state = 'active'`, [id]));
      counts.set(id, row?.n ?? 0);
    }
    return counts;
  }
}

/** Codes that somebody has already; one that comes twice in a call meets the unique index. */
async function takenCodes(tx: Tx, items: readonly NewOrganisation[]): Promise<Set<string>> {
  const rows = await tx.query<{ code: string }>(`select code from organisations where org = $1 and state <> 'closed' and code = any($2::text[])`, [OPERATOR_ORG, items.map(({ code }) => code)]);
  return new Set(rows.map(({ code }) => code));
}
