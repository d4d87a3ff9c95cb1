// The bundle of one run of a published round: everything that somebody on another machine needs to check it, and nobody's id. For those who have no students in it: a college that knows a student's place and facts would find the list by them.
import { Injectable } from '@nestjs/common';
import { OPERATOR_ORG, refusals, type placement } from '@tandem/contracts';
import { TenantDatabase, type Tx } from '@tandem/persistence';
import type { Call } from '@tandem/service-kit';
import { regionAndWider } from '@tandem/taxonomy';
import { refuse } from './round.js';
import { rounds, type RoundRow } from './round.entity.js';

const refuseBundle = refusals('bundle', { no_such_run: 'not_found', not_a_party: 'permission_denied', no_such_part: 'not_found' });
/** Of one answer, in bytes: far below what a gRPC message may hold. */
const PART = 1_000_000;
const published = new Set(['published', 'settled']);

@Injectable()
export class BundlesService {
  constructor(private readonly database: TenantDatabase) {}

  /** For the bureau that runs the round, or a bureau of the organising college's region. Run 0 is the newest; parts from 0. */
  async part(call: Call, { roundId, run: asked, part }: placement.GetBundleRequest): Promise<placement.BundlePart> {
    const { round, mayRead } = await this.database.withTenant(call.principal, async (tx) => {
      const [raw] = await tx.query('select * from rounds where is_public and id = $1', [roundId]);
      const found = raw ? rounds.table.hydrate(raw) : null;
      return { round: found, mayRead: found !== null && (found.org === call.principal.org || (await watches(tx, call.principal.org, found.org))) };
    });
    assertReadable(round, mayRead);
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

/** Whether the bureau's region holds the organiser's. */
async function watches(tx: Tx, bureau: string, organiser: string): Promise<boolean> {
  const rows = await tx.query<{ id: string; region: string }>('select id, region from known_organisations where org = $1 and is_public and id = any($2::uuid[])', [OPERATOR_ORG, [bureau, organiser]]);
  const [own, of] = [bureau, organiser].map((id) => rows.find((row) => row.id === id)?.region ?? '');
  return own !== undefined && own !== '' && of !== undefined && regionAndWider(of).includes(own);
}

function assertReadable(round: RoundRow | null, mayRead: boolean): asserts round is RoundRow {
  if (!round) throw refuse.no_such_round({ field: 'roundId' });
  if (!published.has(round.state)) throw refuse.not_published({ state: round.state });
  if (!mayRead) throw refuseBundle.not_a_party({ field: 'roundId' });
  // Announced before there were names of the round's own: its runs hold the students' ids.
  if (!round.sealedAliasKey) throw refuseBundle.no_such_run({ field: 'roundId' });
}
