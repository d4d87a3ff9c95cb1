// What a round holds of each enterprise: the sum of its entries, those that have left it after the match among them, because their heads are held until it is settled.
import type { Tx } from '@tandem/persistence';
import type { Pool } from './heads.js';

/** Of internships alone. */
export function poolsOf(tx: Tx, roundId: string): Promise<Pool[]> {
  return tx.query<Pool & object>(
    `select e.org "enterpriseOrg", p.occupation, sum(e.post_heads)::int "postHeads", sum(e.enterprise_heads)::int "enterpriseHeads", sum(e.seats)::int seats
       from entries e join known_positions p on p.is_public and p.id = e.position_id
      where e.is_public and e.round_id = $1 and e.state in ('entered', 'withdrawn') and e.post_heads is not null group by 1, 2 order by 1, 2`,
    [roundId],
  );
}
