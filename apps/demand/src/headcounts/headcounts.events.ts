import { Injectable } from '@nestjs/common';
import type { Event, PayloadOf } from '@tandem/contracts';
import type { Tx } from '@tandem/persistence';
import { On, react, Reactions, WrongOwner, type Reaction } from '@tandem/service-kit';
import { supersede } from './headcount.js';
import { headcounts } from './headcount.entity.js';

@Injectable()
@Reactions('headcounts')
export class HeadcountsEvents {
  /** Ids rise with time: what was stated before this one, of the same kind of post, is past. Until this has run the newest counts all the same. */
  @On('demand.headcount_statement.stated')
  async stated({ key, org, data: { public: it } }: Event<PayloadOf<'demand.headcount_statement.stated'>>, tx: Tx): Promise<Reaction[]> {
    if (!it) return [];
    const rows = await tx.query<{ id: string }>(
      `select id from headcount_statements where org = $1 and coalesce(occupation, '') = $2 and (state = 'stated' or id = $3) and id <= $3 order by id`,
      [org, it.occupation, key],
    );
    if (!rows.some(({ id }) => id === key)) throw new WrongOwner(`demand.headcount_statement ${key} is not a row of ${org}`);
    return rows.filter(({ id }) => id !== key).map(({ id }) => react(headcounts, 'superseded', { id, org }, supersede));
  }
}
