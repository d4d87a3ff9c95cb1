// What-if of a round's organiser, who reads figures and changes nothing.
import { Injectable } from '@nestjs/common';
import type { placement } from '@tandem/contracts';
import { TenantDatabase } from '@tandem/persistence';
import type { Call } from '@tandem/service-kit';
import { RoundInputs } from './inputs.service.js';
import { refuse, type RoundState } from './round.js';
import { compare, figuresOf, type Changes } from './scenario.js';

const beforePublication: ReadonlySet<RoundState> = new Set(['closed', 'matched', 'verified', 'rejected']);

@Injectable()
export class ScenariosService {
  constructor(
    private readonly database: TenantDatabase,
    private readonly inputs: RoundInputs,
  ) {}

  async try({ principal }: Call, roundId: string, changes: Changes): Promise<placement.Scenario> {
    const [round] = await this.database.withTenant(principal, (tx) => tx.query<{ state: RoundState }>('select state from rounds where org = $1 and id = $2', [principal.org, roundId]));
    if (!round) throw refuse.no_such_round({ field: 'roundId' });
    if (round.state === 'published' || round.state === 'settled') throw refuse.already_published({ state: round.state });
    if (!beforePublication.has(round.state)) throw refuse.not_closed({ state: round.state });
    const { market } = await this.inputs.read(principal.org, roundId);
    return figuresOf(compare(market, changes));
  }
}
