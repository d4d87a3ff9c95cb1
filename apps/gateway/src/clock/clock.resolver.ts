import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { identity } from '@tandem/contracts';
import { GatewayCommands, type CommandInput, type Payload } from '../edge/commands.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';

@Resolver('Clock')
export class ClockResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
  ) {}

  @Query('clock')
  clock(@Context() context: RequestContext): Promise<identity.GetClockResponse> {
    return this.services.clock.getClock(context.call(), {});
  }

  @Mutation('advanceClock')
  advance(@Args('input') input: CommandInput & { days: number }, @Context() context: RequestContext): Promise<Payload<null>> {
    return this.commands.run(context, input, (call) => this.services.clock.advanceClock(call, { days: input.days }), async () => null);
  }
}
