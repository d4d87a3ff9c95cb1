import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { OPERATOR_ORG, type placement } from '@tandem/contracts';
import { page, TenantDatabase, type KeyRing, type PageOf, type PagePart, type Tx } from '@tandem/persistence';
import { Commands, KEY_RING, type Call, type Done, type TargetAt } from '@tandem/service-kit';
import { announce, cancel, change, close, draft, extend, open, type RoundTerms } from './round.js';
import { rounds, type RoundRow } from './round.entity.js';

export interface RoundFilter {
  readonly view: 'own' | 'published';
  readonly state: string | null;
  readonly descending: boolean;
  readonly page: PagePart;
}

@Injectable()
export class RoundsService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
    @Inject(KEY_RING) private readonly keys: KeyRing,
  ) {}

  draft(call: Call, terms: RoundTerms): Promise<Done> {
    return this.commands.create(call, rounds, 'drafted', (fresh, known: ReadonlySet<string>) => ({ ...fresh, ...draft(terms, organiserOf(call), known), sealedSecret: null, sealedAliasKey: null }), { facts: (tx) => knownColleges(tx, terms) });
  }

  change(call: Call, at: TargetAt, terms: RoundTerms): Promise<Done> {
    return this.commands.change(call, rounds, 'changed', at, (round, known: ReadonlySet<string>) => change(round, terms, organiserOf(call), known), { facts: (tx) => knownColleges(tx, terms) });
  }

  announce(call: Call, at: TargetAt): Promise<Done> {
    const [secret, aliasKey] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
    const [sealedSecret, sealedAliasKey] = [secret, aliasKey].map((text) => this.keys.seal(call.principal.org, text));
    return this.commands.change(call, rounds, 'announced', at, (round) => ({ ...announce(round, secret, aliasKey), sealedSecret: sealedSecret ?? null, sealedAliasKey: sealedAliasKey ?? null }));
  }

  open(call: Call, at: TargetAt): Promise<Done> {
    return this.commands.change(call, rounds, 'opened', at, open);
  }

  extend(call: Call, at: TargetAt, closesOn: string): Promise<Done> {
    return this.commands.change(call, rounds, 'changed', at, (round) => extend(round, closesOn));
  }

  close(call: Call, at: TargetAt): Promise<Done> {
    return this.commands.change(call, rounds, 'closed', at, close);
  }

  cancel(call: Call, at: TargetAt, reason: string): Promise<Done> {
    return this.commands.change(call, rounds, 'cancelled', at, (round) => cancel(round, reason));
  }

  async batch(call: Call, ids: readonly string[]): Promise<RoundRow[]> {
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query('select * from rounds where id = any($1::uuid[])', [ids]));
    return raws.map((raw) => rounds.table.hydrate(raw));
  }

  /** Of each round that the caller may see: its entries, and of lists and offers those that are the caller's side's. */
  async progress(call: Call, ids: readonly string[]): Promise<placement.RoundProgress[]> {
    const { org, role, account } = call.principal;
    return this.database.withTenant(call.principal, (tx) => tx.query<placement.RoundProgress & object>(progressText, [org, ids, role === 'student' ? account : null]));
  }

  list(call: Call, { view, state, descending, page: request }: RoundFilter): Promise<PageOf<RoundRow>> {
    const where = [view === 'own' ? { sql: 'org = $', value: call.principal.org } : { sql: 'is_public = $', value: true }, ...(state ? [{ sql: 'state = $', value: state }] : [])];
    return this.database.withTenant(call.principal, (tx) => page(tx, rounds.table, { ...request, where, orderBy: 'opensOn', descending }));
  }
}

const progressText = `select r.id, e.entries, e.unstated, l.lists, o.* from rounds r,
  lateral (select count(*)::int entries, (count(*) filter (where unstated <> '{}'))::int unstated from entries e where e.is_public and e.round_id = r.id and e.state = 'entered') e,
  lateral (select count(*)::int lists from preference_lists l where l.org = $1 and l.round_id = r.id and l.state = 'submitted' and ($3::uuid is null or l.student_id = $3)) l,
  lateral (select (count(*) filter (where o.state = 'offered'))::int offered, (count(*) filter (where o.state = 'waiting'))::int waiting, (count(*) filter (where o.state = 'accepted'))::int accepted,
      (count(*) filter (where o.state = 'declined'))::int declined, (count(*) filter (where o.state = 'expired'))::int expired, (count(*) filter (where o.state = 'rescinded'))::int rescinded
    from offers o where $1 = any (array[o.org, o.enterprise_org]) and o.round_id = r.id and ($3::uuid is null or o.student_id = $3)) o
  where r.id = any($2::uuid[])`;

/** A college that organises takes part itself; a bureau has no students. */
function organiserOf({ principal }: Call): string | null {
  return principal.orgKind === 'college' ? principal.org : null;
}

async function knownColleges(tx: Tx, { colleges }: RoundTerms): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(`select id from known_organisations where org = $1 and is_public and state = 'active' and kind = 'college' and id = any($2::uuid[])`, [OPERATOR_ORG, colleges]);
  return new Set(rows.map(({ id }) => id));
}
