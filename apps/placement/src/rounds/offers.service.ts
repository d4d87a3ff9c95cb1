import { Injectable } from '@nestjs/common';
import { conditions, page, TenantDatabase, type PageOf, type PagePart } from '@tandem/persistence';
import { Commands, reach, type Call, type Outcome, type TargetAt } from '@tandem/service-kit';
import { freeing } from '../ledger/seats.js';
import { answer, answerFact, refuse, type Answer } from './offer.js';
import { offers, type OfferRow } from './offer.entity.js';

export interface OfferFilter {
  readonly view: 'own' | 'party';
  readonly roundId: string | null;
  readonly state: string | null;
  readonly studentId: string | null;
  readonly descending: boolean;
  readonly page: PagePart;
}
export type OfferAnswer = TargetAt & { readonly answer: Answer; readonly reason: string | null };

@Injectable()
export class OffersService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
  ) {}

  answerMany(call: Call, items: readonly OfferAnswer[], atomic: boolean): Promise<Outcome[]> {
    const { role, account } = call.principal;
    const rule = (offer: OfferRow, given: OfferAnswer): OfferRow => {
      if (role === 'student' && offer.studentId !== account) throw refuse.not_yours();
      return answer(offer, given, call.today);
    };
    return this.commands.changeMany(call, offers, answerFact, items, rule, { claim: freeing(({ state }) => state === 'declined'), atomic });
  }

  /** Of these offers those whose reader may know which wish it was: whoever sees the list. */
  async tellsWish({ principal }: Call, rows: readonly OfferRow[]): Promise<ReadonlySet<string>> {
    if (principal.role === 'student') return new Set(rows.map(({ id }) => id));
    const own = rows.filter(({ org }) => org === principal.org);
    const lists = own.length === 0 ? [] : await this.database.withTenant(principal, (tx) => tx.query<{ round_id: string; student_id: string }>('select round_id, student_id from preference_lists where org = $1 and student_id = any($2::uuid[])', [principal.org, own.map(({ studentId }) => studentId)]));
    const seen = new Set(lists.map(({ round_id, student_id }) => `${round_id} ${student_id}`));
    return new Set(own.filter(({ roundId, studentId }) => seen.has(`${roundId} ${studentId}`)).map(({ id }) => id));
  }

  async batch(call: Call, ids: readonly string[]): Promise<OfferRow[]> {
    const { sql, values } = conditions([{ sql: 'id = any($::uuid[])', value: ids }, ...reach(call, 'offers')]);
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query(`select * from offers where ${sql}`, values));
    return raws.map((raw) => offers.table.hydrate(raw));
  }

  list(call: Call, { view, roundId, state, studentId, descending, page: request }: OfferFilter): Promise<PageOf<OfferRow>> {
    const where = [
      { sql: view === 'own' ? 'org = $' : 'enterprise_org = $', value: call.principal.org },
      ...reach(call, 'offers'),
      ...(roundId ? [{ sql: 'round_id = $', value: roundId }] : []),
      ...(state ? [{ sql: 'state = $', value: state }] : []),
      ...(studentId ? [{ sql: 'student_id = $', value: studentId }] : []),
    ];
    return this.database.withTenant(call.principal, (tx) => page(tx, offers.table, { ...request, where, orderBy: 'answerBy', descending }));
  }
}
