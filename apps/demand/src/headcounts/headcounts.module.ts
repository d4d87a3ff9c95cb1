import { Feature } from '@tandem/service-kit';
import { headcounts } from './headcount.entity.js';
import { HeadcountsEvents } from './headcounts.events.js';
import { HeadcountsGrpc } from './headcounts.grpc.js';
import { HeadcountsService } from './headcounts.service.js';

@Feature({ aggregates: [headcounts], controllers: [HeadcountsGrpc], providers: [HeadcountsService, HeadcountsEvents] })
export class HeadcountsModule {}
