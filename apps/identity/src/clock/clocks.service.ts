import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { OPERATOR_ORG } from '@tandem/contracts';
import { TenantDatabase, type Tx } from '@tandem/persistence';
import { BusinessClock, Commands, servicePrincipal, type Call, type Done } from '@tandem/service-kit';
import { advance } from './clock.js';
import { clocks } from './clock.entity.js';

const CLOCK_ID = '00000000-0000-8000-8000-000000000002';

@Injectable()
export class ClocksService implements OnApplicationBootstrap {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
    private readonly clock: BusinessClock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const call: Call = { principal: servicePrincipal('identity', OPERATOR_ORG), requestId: 'bootstrap', traceparent: null, now: new Date(), today: '', key: 'bootstrap.clock', requestHash: Buffer.from('clock') };
    if (await this.version(call)) return;
    await this.commands.create(call, clocks, 'advanced', (fresh) => ({ ...fresh, id: CLOCK_ID, state: 'running' as const, offsetDays: 0 }));
  }

  async advance(call: Call, days: number): Promise<Done> {
    const version = await this.version(call);
    const facts = async (tx: Tx) => Number((await tx.query<{ n: string }>(`select count(*) n from organisations where org = $1 and not invented and kind <> 'operator' and state <> 'closed'`, [OPERATOR_ORG]))[0]?.n ?? 0);
    return this.commands.change(call, clocks, 'advanced', { id: CLOCK_ID, version }, (clock, real: number) => advance(clock, days, real), { facts });
  }

  now(): { today: string; offsetDays: number } {
    return { today: this.clock.today(), offsetDays: this.clock.offsetDays };
  }

  private async version(call: Call): Promise<number> {
    const [row] = await this.database.withTenant(call.principal, (tx) => tx.query<{ version: number }>('select version from clocks where org = $1 and id = $2', [OPERATOR_ORG, CLOCK_ID]));
    return row?.version ?? 0;
  }
}
