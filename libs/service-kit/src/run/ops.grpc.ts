// The operator's edge of every service.
import { services, type ops } from '@tandem/contracts';
import { z } from 'zod';
import { GrpcService, Rpc, type Serves } from '../rpc/rpc.js';
import { optional, uuid } from '../rpc/schemas.js';
import type { Call } from '../write/call.js';
import { Operations } from './operations.js';

const definition = services['tandem.ops.v1.OpsService'];
const Nothing = z.strictObject({});
const First = z.strictObject({ first: z.int().min(1).max(1000) });
const Replay = z.strictObject({ eventId: optional(uuid), dryRun: z.boolean(), discard: z.boolean() }).transform(({ eventId, ...rest }) => ({ ...rest, eventId: eventId ?? '' }));
const Resend = z.strictObject({ topic: z.string().regex(/^tandem\.[a-z_.]{1,90}$/), dryRun: z.boolean() });
const Rebuild = z.strictObject({ projection: z.string().regex(/^[a-z_]{1,60}$/) });

@GrpcService(definition)
export class OpsGrpc implements Serves<typeof definition> {
  constructor(private readonly operations: Operations) {}

  @Rpc(Nothing, 'operator') listConsumers(): Promise<ops.ListConsumersResponse> {
    return this.operations.consumerStates();
  }
  @Rpc(First, 'operator') listParked(_call: Call, { first }: z.infer<typeof First>): Promise<ops.ListParkedResponse> {
    return this.operations.parked(first);
  }
  @Rpc(Replay, 'operator') replay(_call: Call, request: z.infer<typeof Replay>): Promise<ops.ReplayResponse> {
    return this.operations.replay(request);
  }
  @Rpc(Resend, 'operator') resend(_call: Call, request: z.infer<typeof Resend>): Promise<ops.ResendResponse> {
    return this.operations.resend(request);
  }
  @Rpc(Rebuild, 'operator') rebuild(_call: Call, request: z.infer<typeof Rebuild>): Promise<ops.RebuildResponse> {
    return this.operations.rebuild(request);
  }
}
