import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { refusals, type ops } from '@tandem/contracts';
import { absent } from '../edge/absent.js';
import { GatewayCommands, type UserError } from '../edge/commands.js';
import type { RequestContext } from '../edge/request.js';
import { behind, Services, type ServiceName } from '../edge/services.js';

type Answer<T> = T & { readonly userErrors: readonly UserError[] };
const refuse = refusals('ops', { unknown_service: 'not_found' });

@Resolver()
export class OpsResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
  ) {}

  @Query('opsConsumers')
  consumers(@Context() context: RequestContext): Promise<object[]> {
    return Promise.all(
      behind.map(async (service) => {
        const { consumers, unsent, dueTimers } = await this.services.ops[service].listConsumers(context.call(), {});
        return { service, unsent, dueTimers, consumers: consumers.map((consumer) => ({ service, ...consumer })) };
      }),
    );
  }

  @Query('parkedEvents')
  async parked(@Args('first') first: number, @Context() context: RequestContext): Promise<object[]> {
    const lists = behind.map(async (service) => {
      const { parked } = await this.services.ops[service].listParked(context.call(), { first });
      return parked.map(({ key, ...event }) => ({ service, aggregateId: key, ...absent(event) }));
    });
    return (await Promise.all(lists)).flat().slice(0, first);
  }

  @Mutation('replay')
  replay(@Args('input') input: { service: string; eventId?: string; dryRun: boolean; discard: boolean }, @Context() context: RequestContext): Promise<Answer<ops.ReplayResponse>> {
    const { eventId = '', dryRun, discard } = input;
    return this.commands.answer(context, { idempotencyKey: context.requestId }, { events: 0 }, (call) => this.of(input.service).replay(call, { eventId, dryRun, discard }));
  }

  @Mutation('resendEvents')
  resend(@Args('input') { topic, dryRun }: { topic: string; dryRun: boolean }, @Context() context: RequestContext): Promise<Answer<ops.ResendResponse>> {
    // A topic is named after the service that sends to it.
    return this.commands.answer(context, { idempotencyKey: context.requestId }, { events: 0 }, (call) => this.of(topic.split('.')[1] ?? '').resend({ ...call, deadlineMs: 90_000 }, { topic, dryRun }));
  }

  @Mutation('rebuildProjection')
  rebuild(@Args('input') input: { service: string; projection: string }, @Context() context: RequestContext): Promise<Answer<ops.RebuildResponse>> {
    const nothing = { before: '', after: '', rows: 0 };
    return this.commands.answer(context, { idempotencyKey: context.requestId }, nothing, (call) => this.of(input.service).rebuild({ ...call, deadlineMs: 90_000 }, { projection: input.projection }));
  }

  private of(service: string): Services['ops'][ServiceName] {
    const name = behind.find((known) => known === service);
    if (!name) throw refuse.unknown_service({ field: 'service' });
    return this.services.ops[name];
  }
}
