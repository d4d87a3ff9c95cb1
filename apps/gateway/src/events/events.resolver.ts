import { Args, Context, Resolver, Subscription } from '@nestjs/graphql';
import type { Event, PayloadOf } from '@tandem/contracts';
import { localId } from '../edge/ids.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';
import { loadPosition } from '../positions/positions.resolver.js';
import { loadRound } from '../rounds/rounds.resolver.js';
import { LiveEvents } from './live-events.js';

type Load = (context: RequestContext) => Promise<object | null>;

@Resolver()
export class EventsResolver {
  constructor(
    private readonly services: Services,
    private readonly live: LiveEvents,
  ) {}

  @Subscription('roundProgress')
  roundProgress(@Args('id') id: string, @Context() context: RequestContext): AsyncGenerator<{ roundProgress: object }> {
    const round = localId('Round', id);
    const isAbout = (event: Event): boolean => (event.aggregate === 'placement.round' ? event.key === round : (event.data as PayloadOf<'placement.offer.offered'>).public?.roundId === round);
    return this.follow('roundProgress', context, { aggregates: ['placement.round', 'placement.offer'], isAbout, load: (fresh) => loadRound(this.services, fresh, round) });
  }

  @Subscription('positionSeats')
  positionSeats(@Args('id') id: string, @Context() context: RequestContext): AsyncGenerator<{ positionSeats: object }> {
    const position = localId('Position', id);
    return this.follow('positionSeats', context, { aggregates: ['demand.position'], isAbout: ({ key }) => key === position, load: (fresh) => loadPosition(this.services, fresh, position) });
  }

  /** First what is there now, then again after each event; a burst while the caller reads is one. What the caller may not see is nothing. */
  private async *follow<Field extends string>(
    field: Field,
    context: RequestContext,
    { aggregates, isAbout, load }: { readonly aggregates: Parameters<LiveEvents['changes']>[0]; readonly isAbout: (event: Event) => boolean; readonly load: Load },
  ): AsyncGenerator<{ [K in Field]: object }> {
    const ended = new AbortController();
    const changes = this.live.changes(aggregates, isAbout, ended.signal);
    try {
      let next = changes.next();
      for (;;) {
        const node = await load(await context.fresh());
        if (node === null) return;
        yield { [field]: node } as { [K in Field]: object };
        if ((await next).done) return;
        next = changes.next();
      }
    } finally {
      ended.abort();
    }
  }
}
