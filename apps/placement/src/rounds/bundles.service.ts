// The bundle of one run of a published round: everything that somebody on another machine needs to check it, and nobody's id.
import { Injectable } from '@nestjs/common';
import { refusals, type placement } from '@tandem/contracts';
import { TenantDatabase } from '@tandem/persistence';
import type { Call } from '@tandem/service-kit';
import { refuse } from './round.js';
import { rounds, type RoundRow } from './round.entity.js';

const refuseBundle = refusals('bundle', { no_such_run: 'not_found', not_a_party: 'permission_denied', no_such_part: 'not_found' });
/** Of one answer, in bytes: far below what a gRPC message may hold. */
const PART = 1_000_000;
const published = new Set(['published', 'settled']);

@Injectable()
export class BundlesService {
  constructor(private readonly database: TenantDatabase) {}

  /** For the organiser and the colleges that take part. Run 0 is the newest; parts from 0. */
  async part(call: Call, { roundId, run: asked, part }: placement.GetBundleRequest): Promise<placement.BundlePart> {
    const round = await this.database.withTenant(call.principal, async (tx) => {
      const [raw] = await tx.query('select * from rounds where is_public and id = $1', [roundId]);
      return raw ? rounds.table.hydrate(raw) : null;
    });
    assertReadable(round, call.principal.org);
    const run = asked === 0 ? round.runs : asked;
    return this.database.withRound({ org: round.org }, roundId, async (tx) => {
      const [row] = await tx.query<{ bytes: Buffer | null; size: number }>(
        'select substring(packed from $4 for $5) bytes, length(packed) size from round_runs where org = $1 and round_id = $2 and run = $3',
        [round.org, roundId, run, part * PART + 1, PART],
      );
      if (!row?.bytes) throw refuseBundle.no_such_run({ field: 'run', run, runs: round.runs });
      const parts = Math.ceil(row.size / PART);
      if (part >= parts) throw refuseBundle.no_such_part({ field: 'part', parts });
      const { ruleSheet, ruleHash, secret } = round;
      return { roundId, run, runs: round.runs, part, parts, packed: row.bytes, ruleSheet: ruleSheet ?? '', ruleHash: ruleHash ?? '', secret: secret ?? '' };
    });
  }
}

function assertReadable(round: RoundRow | null, org: string): asserts round is RoundRow {
  if (!round) throw refuse.no_such_round({ field: 'roundId' });
  if (!published.has(round.state)) throw refuse.not_published({ state: round.state });
  if (round.org !== org && !round.colleges.includes(org)) throw refuseBundle.not_a_party({ field: 'roundId' });
}
