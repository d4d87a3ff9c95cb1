import { services, type Done, type identity } from '@tandem/contracts';
import { GrpcService, Rpc, type Call, type Serves } from '@tandem/service-kit';
import { z } from 'zod';
import { ClocksService } from './clocks.service.js';

const definition = services['tandem.identity.v1.ClockService'];
const Advance = z.strictObject({ days: z.int().min(1).max(3650) });
const Nothing = z.strictObject({});

@GrpcService(definition)
export class ClockGrpc implements Serves<typeof definition> {
  constructor(private readonly clocks: ClocksService) {}

  @Rpc(Advance, 'operator') advanceClock(call: Call, { days }: z.infer<typeof Advance>): Promise<Done> {
    return this.clocks.advance(call, days);
  }
  @Rpc(Nothing) async getClock(): Promise<identity.GetClockResponse> {
    return this.clocks.now();
  }
}
