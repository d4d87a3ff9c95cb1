import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { refusals, type Job } from '@tandem/contracts';
import { refusalOf, type CallContext } from '@tandem/service-kit';
import { absent, type Absent } from '../edge/absent.js';
import { GatewayCommands, type UserError } from '../edge/commands.js';
import type { RequestContext } from '../edge/request.js';
import { behind, Services, type ServiceName } from '../edge/services.js';

const refuse = refusals('job', { not_found: 'not_found' });

@Resolver('Job')
export class JobsResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
  ) {}

  @Query('job')
  async job(@Args('id') id: string, @Context() context: RequestContext): Promise<Absent<Job> | null> {
    const found = await this.find(context.call(), id);
    return found && absent(found.job);
  }

  @Mutation('cancelJob')
  cancel(@Args('input') { id }: { id: string }, @Context() context: RequestContext): Promise<{ job: Absent<Job> | null; userErrors: readonly UserError[] }> {
    return this.commands.answer<{ job: Absent<Job> | null }>(context, { idempotencyKey: context.requestId }, { job: null }, async (call) => {
      const found = await this.find(call, id);
      if (!found) throw refuse.not_found({ field: 'id' });
      return { job: absent(await this.services.jobs[found.service].cancelJob(call, { id })) };
    });
  }

  /** Only one service knows it; the others say that they do not. */
  private async find(call: CallContext, id: string): Promise<{ service: ServiceName; job: Job } | null> {
    const looks = behind.map(async (service) => {
      try {
        return { service, job: await this.services.jobs[service].getJob(call, { id }) };
      } catch (error) {
        if (refusalOf(error)) return null;
        throw error;
      }
    });
    return (await Promise.all(looks)).find((found) => found !== null) ?? null;
  }
}
