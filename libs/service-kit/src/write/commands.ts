// The one write path: a use case opens the tenant's transaction, loads, applies a pure rule, writes. Bulk forms are the same path.
import { Injectable } from '@nestjs/common';
import { Refusal, refusals, topicOf, type AggregateName, type Fact, type Kind } from '@tandem/contracts';
import { TenantDatabase, type Tx } from '@tandem/persistence';
import { newId } from './new-id.js';
import { Delegations } from '../consume/delegations.js';
import { failpoint } from '../run/failpoint.js';
import { Hints } from '../run/hints.js';
import type { Aggregate, AggregateRow } from './aggregate.js';
import type { Call, Target } from './call.js';
import { isRetryable, refusalOfConstraint } from './database-errors.js';
import { write, type Change, type StoredOutcome } from './statement.js';

export const refuse = refusals('command', {
  stale_version: 'aborted',
  contended: 'aborted',
  not_found: 'not_found',
  key_missing: 'invalid_argument',
  too_many: 'invalid_argument',
  empty: 'invalid_argument',
});
const idempotency = refusals('idempotency', { other_body: 'already_exists' });

/** What a command answers. */
export interface Done {
  readonly id: string;
  readonly version: number;
  readonly seen: { readonly topic: string; readonly id: string; readonly sequence: number };
}
export type Outcome = { readonly done: Done } | { readonly refused: Refusal };

/** What a new aggregate has before its maker adds the rest. */
export type Fresh = Pick<AggregateRow, 'id' | 'org' | 'version' | 'sequence'>;

export interface Options<Item, Row, Facts> {
  /** What the rule needs of the database; reads only. */
  readonly facts?: (tx: Tx, items: readonly Item[]) => Promise<Facts>;
  /** Takes what must be taken with the new states, in order: null, the row with what it got, or the refusal of one that found nothing and took nothing. */
  readonly claim?: (tx: Tx, rows: readonly Row[]) => Promise<readonly (Row | Refusal | null)[]>;
  /** Any refusal refuses all. */
  readonly atomic?: boolean;
  /** Ids of new aggregates where they follow from the item. */
  readonly idOf?: (item: Item) => string;
}

/** The fact, or a function of both states that names it. */
export type FactOf<A extends AggregateName, Row> = Fact<A> | ((before: Row, after: Row) => Fact<A>);

export const MAX_BATCH = 1_000;
const ATTEMPTS = 8;

interface Plan<A extends AggregateName, Item, Row extends AggregateRow, Facts> {
  readonly aggregate: Aggregate<A, Row>;
  readonly items: readonly Item[];
  readonly options: Options<Item, Row, Facts>;
  readonly load: (tx: Tx, items: readonly Item[]) => Promise<Map<string, Row>>;
  readonly apply: (item: Item, loaded: Map<string, Row>, facts: Facts) => Change<Row>;
}

@Injectable()
export class Commands {
  constructor(
    private readonly database: TenantDatabase,
    private readonly delegations: Delegations,
    private readonly hints: Hints,
  ) {}

  /** A new aggregate. `make` gets id, org, version and sequence and returns the whole row. */
  // oxlint-disable-next-line max-params -- a use case is one line: call, aggregate, fact, target, rule
  async create<A extends AggregateName, Row extends AggregateRow, Facts = undefined>(
    call: Call,
    aggregate: Aggregate<A, Row>,
    fact: Fact<A>,
    make: (fresh: Fresh, facts: Facts) => NoInfer<Row>,
    options: Options<undefined, NoInfer<Row>, Facts> = {},
  ): Promise<Done> {
    return only(await this.createMany(call, aggregate, fact, [undefined], (fresh, _item, facts: Facts) => make(fresh, facts), { ...options, atomic: true }));
  }

  /** One change of one aggregate at the version that the caller saw. A rule that returns its argument unchanged still counts as the fact. */
  // oxlint-disable-next-line max-params -- a use case is one line: call, aggregate, fact, target, rule
  async change<A extends AggregateName, Row extends AggregateRow, Facts = undefined>(
    call: Call,
    aggregate: Aggregate<A, Row>,
    fact: FactOf<A, Row>,
    at: Target,
    rule: (row: Row, facts: Facts) => NoInfer<Row>,
    options: Options<Target, NoInfer<Row>, Facts> = {},
  ): Promise<Done> {
    return only(await this.changeMany(call, aggregate, fact, [at], (row, _at, facts: Facts) => rule(row, facts), { ...options, atomic: true }));
  }

  /** Up to 1,000 new aggregates under one key, one event and one audit row each; outcomes in input order. */
  // oxlint-disable-next-line max-params -- a use case is one line: call, aggregate, fact, target, rule
  createMany<A extends AggregateName, Item, Row extends AggregateRow, Facts = undefined>(
    call: Call,
    aggregate: Aggregate<A, Row>,
    fact: Fact<A>,
    items: readonly Item[],
    make: (fresh: Fresh, item: Item, facts: Facts) => NoInfer<Row>,
    options: Options<Item, NoInfer<Row>, Facts> = {},
  ): Promise<Outcome[]> {
    const { org } = call.principal;
    const apply = (item: Item, _loaded: Map<string, Row>, facts: Facts): Change<Row> => {
      const row = make({ id: options.idOf?.(item) ?? newId(), org, version: 1, sequence: 1 }, item, facts);
      return { row, expected: null, events: [{ fact, row }] };
    };
    return this.run(call, { aggregate, items, options, load: async () => new Map(), apply });
  }

  /** Up to 1,000 changes under one key. */
  // oxlint-disable-next-line max-params -- a use case is one line: call, aggregate, fact, target, rule
  changeMany<A extends AggregateName, Item extends Target, Row extends AggregateRow, Facts = undefined>(
    call: Call,
    aggregate: Aggregate<A, Row>,
    fact: FactOf<A, Row>,
    items: readonly Item[],
    rule: (row: Row, item: Item, facts: Facts) => NoInfer<Row>,
    options: Options<Item, NoInfer<Row>, Facts> = {},
  ): Promise<Outcome[]> {
    const { org } = call.principal;
    const load = (tx: Tx) => loadRows(tx, aggregate, org, items.map(({ id }) => id));
    const apply = (item: Item, loaded: Map<string, Row>, facts: Facts): Change<Row> => {
      const before = loaded.get(item.id);
      if (!before) throw refuse.not_found({ id: item.id });
      if (before.version !== item.version) throw refuse.stale_version({ id: item.id, version: before.version });
      const row = next(before, rule(before, item, facts));
      loaded.delete(item.id);
      return { row, expected: before.version, events: [{ fact: typeof fact === 'function' ? fact(before, row) : fact, row }] };
    };
    return this.run(call, { aggregate, items, options, load, apply });
  }

  /** Repeats the whole transaction when another writer was quicker; each repetition first looks whether the key was already used. */
  private async run<A extends AggregateName, Item, Row extends AggregateRow, Facts>(call: Call, plan: Plan<A, Item, Row, Facts>): Promise<Outcome[]> {
    if (call.key === null) throw refuse.key_missing();
    if (plan.items.length === 0) throw refuse.empty();
    if (plan.items.length > MAX_BATCH) throw refuse.too_many({ most: MAX_BATCH });
    const outcomes = await this.attempt(call, plan);
    failpoint('command.after_commit');
    this.hints.outbox();
    return outcomes.map((outcome) => restored(plan.aggregate.name, outcome));
  }

  private async attempt<A extends AggregateName, Item, Row extends AggregateRow, Facts>(call: Call, plan: Plan<A, Item, Row, Facts>): Promise<readonly StoredOutcome[]> {
    let singly = false;
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.database.withTenant(call.principal, (tx) => this.inTransaction(tx, call, plan, singly));
      } catch (error) {
        const refusal = error instanceof Refusal ? error : refusalOfConstraint(error, plan.aggregate.constraints);
        if (refusal && (refusal === error || plan.options.atomic || singly)) return this.unlessDone(call, refusal);
        if (refusal) singly = true;
        else if (!isRetryable(error)) throw error;
        if (tries >= ATTEMPTS) throw refuse.contended();
      }
    }
  }

  /** A twin under the same key may have done it meanwhile, and be the reason for the refusal: then its outcome is the answer. */
  private async unlessDone(call: Call, refusal: Refusal): Promise<readonly StoredOutcome[]> {
    const before = await this.database.withTenant(call.principal, (tx) => recorded(tx, call));
    if (!before) throw refusal;
    return before;
  }

  private async inTransaction<A extends AggregateName, Item, Row extends AggregateRow, Facts>(
    tx: Tx,
    call: Call,
    plan: Plan<A, Item, Row, Facts>,
    singly: boolean,
  ): Promise<readonly StoredOutcome[]> {
    const { aggregate, items, options } = plan;
    const [before, loaded, facts] = await Promise.all([
      recorded(tx, call),
      plan.load(tx, items),
      options.facts?.(tx, items) as Promise<Facts>,
      this.delegations.check(tx, call, aggregate.name),
    ]);
    if (before) return before;
    failpoint('command.before_write');
    if (singly) return this.oneByOne(tx, call, plan, loaded);
    const results = items.map((item) => tryRule(() => plan.apply(item, loaded, facts), options.atomic === true));
    const { changes, outcomes } = await claimed(tx, results, options);
    const record = { key: call.key ?? '', requestHash: call.requestHash, outcomes };
    write(tx, aggregate, changes, call, record);
    return outcomes;
  }

  /** After a constraint spoke against some item of a batch: a savepoint each, so that only that one is refused. */
  private async oneByOne<A extends AggregateName, Item, Row extends AggregateRow, Facts>(
    tx: Tx,
    call: Call,
    { aggregate, items, options, apply }: Plan<A, Item, Row, Facts>,
    loaded: Map<string, Row>,
  ): Promise<readonly StoredOutcome[]> {
    const outcomes: StoredOutcome[] = [];
    for (const item of items) {
      await tx.query('savepoint item');
      const outcome = await tx.attempt(async () => {
        const facts = (await options.facts?.(tx, [item])) as Facts;
        const one = await claimed(tx, [tryRule(() => apply(item, loaded, facts), false)], options);
        write(tx, aggregate, one.changes, call, null);
        return one.outcomes;
      });
      if (outcome.ok) outcomes.push(...outcome.value);
      else {
        await tx.query('rollback to savepoint item');
        const refusal = refusalOfConstraint(outcome.error, aggregate.constraints);
        if (!refusal) throw outcome.error;
        outcomes.push(storedRefusal(refusal));
      }
    }
    write(tx, aggregate, [], call, { key: call.key ?? '', requestHash: call.requestHash, outcomes });
    return outcomes;
  }
}

/** Loads rows of one organisation by id. */
export async function loadRows<A extends AggregateName, Row extends AggregateRow>(tx: Tx, { table }: Aggregate<A, Row>, org: string, ids: readonly string[]): Promise<Map<string, Row>> {
  const [id] = ids;
  const raws = ids.length === 1 ? await tx.query(`select * from ${table.name} where org = $1 and id = $2`, [org, id]) : await tx.query(`select * from ${table.name} where org = $1 and id = any($2::uuid[])`, [org, ids]);
  return new Map(raws.map((raw) => [raw['id'] as string, table.hydrate(raw)]));
}

/** The row after a rule: one version and one event further. */
export function next<Row extends AggregateRow>(before: Row, after: Row): Row {
  return { ...after, version: before.version + 1, sequence: before.sequence + 1 };
}

/** What this key already did, or null; another body under the same key is refused. */
async function recorded(tx: Tx, call: Call): Promise<readonly StoredOutcome[] | null> {
  const [row] = await tx.query<{ request_hash: Buffer; outcomes: StoredOutcome[] }>('select request_hash, outcomes from idempotency where org = $1 and key = $2', [call.principal.org, call.key]);
  if (!row) return null;
  if (!row.request_hash.equals(call.requestHash)) throw idempotency.other_body();
  return row.outcomes;
}

type Result<Row> = { readonly change: Change<Row> } | { readonly refusal: Refusal };

function tryRule<Row>(rule: () => Change<Row>, atomic: boolean): Result<Row> {
  try {
    return { change: rule() };
  } catch (error) {
    if (atomic || !(error instanceof Refusal)) throw error;
    return { refusal: error };
  }
}

async function claimed<Item, Row extends AggregateRow, Facts>(
  tx: Tx,
  results: readonly Result<Row>[],
  { claim, atomic }: Options<Item, Row, Facts>,
): Promise<{ changes: Change<Row>[]; outcomes: StoredOutcome[] }> {
  const passed = results.flatMap((result) => ('change' in result ? [result.change] : []));
  const claims = claim ? await claim(tx, passed.map(({ row }) => row)) : passed.map(() => null);
  const refused = claims.find((one) => one instanceof Refusal);
  if (atomic && refused) throw refused;
  const taken = passed.map((change, n) => withClaim(change, claims[n] ?? null));
  let n = 0;
  const outcomes = results.map((result) => {
    const one = 'refusal' in result ? result.refusal : (taken[n++] ?? result.change);
    return one instanceof Refusal ? storedRefusal(one) : { id: one.row.id, version: one.row.version, sequence: one.row.sequence };
  });
  return { changes: taken.flatMap((one) => (one instanceof Refusal ? [] : [one])), outcomes };
}

/** What was taken is part of the state that the event tells. */
function withClaim<Row extends AggregateRow>(change: Change<Row>, claim: Row | Refusal | null): Change<Row> | Refusal {
  if (claim === null || claim instanceof Refusal) return claim ?? change;
  return { ...change, row: claim, events: change.events.map((step) => ({ ...step, row: claim })) };
}

function storedRefusal({ code, kind, details }: Refusal): StoredOutcome {
  return { code, kind, details };
}

function restored(name: AggregateName, outcome: StoredOutcome): Outcome {
  if ('code' in outcome) return { refused: new Refusal(outcome.code, outcome.kind as Kind, outcome.details as Refusal['details']) };
  return { done: { id: outcome.id, version: outcome.version, seen: { topic: topicOf(name), id: outcome.id, sequence: outcome.sequence } } };
}

function only(outcomes: readonly Outcome[]): Done {
  const outcome = outcomes[0];
  if (!outcome) throw new Error('a command of one item has one outcome');
  if ('refused' in outcome) throw outcome.refused;
  return outcome.done;
}
