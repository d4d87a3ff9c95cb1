import { Injectable } from '@nestjs/common';
import { page, TenantDatabase, type PageOf, type PagePart, type Tx } from '@tandem/persistence';
import { Commands, Jobs, MAX_BATCH, refuseCommand, type Call, type Done, type Fresh, type Job, type Outcome, type TargetAt } from '@tandem/service-kit';
import { knownCodesOf } from '../projections/known-codes.js';
import { reviewersOf } from '../projections/known-organisations.js';
import { assertCodes, assertPeriod, change, refuse, resize, seatFact, submit, withdraw, type KnownCodes, type Terms } from './position.js';
import { positions, type PositionRow } from './position.entity.js';

export interface PositionFilter {
  readonly view: 'own' | 'park' | 'review' | 'published';
  readonly state: string | null;
  readonly kind: string | null;
  readonly region: string | null;
  readonly occupation: string | null;
  readonly search: string | null;
  readonly orderBy: 'startsOn' | 'headcount' | 'payFen';
  readonly descending: boolean;
  readonly page: PagePart;
}

/** Every list names its side, and each has an index that begins with it. */
const sides = { own: 'org = $', park: 'park_org = $', review: 'reviewer_org = $', published: 'is_public = $' } as const;

@Injectable()
export class PositionsService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
    private readonly jobs: Jobs,
  ) {
    jobs.handle('demand.position.drafted', (call, terms: readonly Terms[]) => this.draftMany(call, terms, false));
  }

  async draft(call: Call, terms: Terms): Promise<Done> {
    return this.commands.create(call, positions, 'drafted', (fresh, known: KnownCodes) => drafted(call, fresh, terms, known), { facts: (tx) => knownCodesOf(tx, [terms]) });
  }

  draftMany(call: Call, many: readonly Terms[], atomic: boolean): Promise<Outcome[]> {
    return this.commands.createMany(call, positions, 'drafted', many, (fresh, terms, known: KnownCodes) => drafted(call, fresh, terms, known), { facts: knownCodesOf, atomic });
  }

  /** More than 1,000: each for itself, because no transaction holds so many. */
  draftJob(call: Call, many: readonly Terms[], atomic: boolean): Promise<Job> {
    if (atomic) throw refuseCommand.too_many({ most: MAX_BATCH });
    return this.jobs.start(call, 'demand.position.drafted', many);
  }

  change(call: Call, at: TargetAt, terms: Terms): Promise<Done> {
    const rule = (position: PositionRow, known: KnownCodes) => {
      assertCodes(terms, known);
      assertPeriod(terms, call.today);
      return change(position, terms);
    };
    return this.commands.change(call, positions, 'changed', at, rule, { facts: (tx) => knownCodesOf(tx, [terms]) });
  }

  submit(call: Call, at: TargetAt): Promise<Done> {
    const rule = (position: PositionRow, reviewers: Reviewers) => submit(position, reviewers.get(position.region) ?? null, call.today);
    return this.commands.change(call, positions, 'submitted', at, rule, { facts: (tx) => reviewersFor(tx, call, [at]) });
  }

  submitMany(call: Call, targets: readonly TargetAt[], atomic: boolean): Promise<Outcome[]> {
    const rule = (position: PositionRow, _at: TargetAt, reviewers: Reviewers) => submit(position, reviewers.get(position.region) ?? null, call.today);
    return this.commands.changeMany(call, positions, 'submitted', targets, rule, { facts: (tx) => reviewersFor(tx, call, targets), atomic });
  }

  resize(call: Call, at: TargetAt, headcount: number): Promise<Done> {
    return this.commands.change(call, positions, seatFact, at, (position) => resize(position, headcount, call.today));
  }

  close(call: Call, at: TargetAt, reason: string): Promise<Done> {
    return this.commands.change(call, positions, 'closed', at, (position) => withdraw(position, reason));
  }

  async batch(call: Call, ids: readonly string[]): Promise<PositionRow[]> {
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query('select * from positions where id = any($1::uuid[])', [ids]));
    return raws.map((raw) => positions.table.hydrate(raw));
  }

  list(call: Call, { view, page: request, orderBy, descending, ...filter }: PositionFilter): Promise<PageOf<PositionRow>> {
    const where = [
      { sql: sides[view], value: view === 'published' ? true : call.principal.org },
      ...(['state', 'kind', 'region', 'occupation'] as const).flatMap((name) => (filter[name] ? [{ sql: `${name} = $`, value: filter[name] }] : [])),
      ...(filter.search ? [{ sql: 'position($ in title) > 0', value: filter.search }] : []),
    ];
    return this.database.withTenant(call.principal, (tx) => page(tx, positions.table, { ...request, where, orderBy, descending }));
  }
}

function drafted(call: Call, fresh: Fresh, terms: Terms, known: KnownCodes): PositionRow {
  // A park publishes for an enterprise, under a delegation, or not at all.
  if (call.principal.orgKind !== 'enterprise') throw refuse.not_an_enterprise();
  assertCodes(terms, known);
  assertPeriod(terms, call.today);
  const parkOrg = call.principal.onBehalfOf?.org ?? null;
  return { ...fresh, ...terms, state: 'draft', isPublic: false, parkOrg, reviewerOrg: null, filled: 0, closeReason: null, withdrawnReason: null, returnedField: null, returnedReason: null, reviewId: null };
}

/** Reviewer by region. */
type Reviewers = ReadonlyMap<string, string>;

async function reviewersFor(tx: Tx, call: Call, targets: readonly TargetAt[]): Promise<Reviewers> {
  const rows = await tx.query<{ region: string }>('select distinct region from positions where org = $1 and id = any($2::uuid[])', [call.principal.org, targets.map(({ id }) => id)]);
  return reviewersOf(tx, rows.map(({ region }) => region));
}
