import { Module } from '@nestjs/common';
import type { ServiceDefinition } from '@tandem/service-kit';
import { HeadcountsModule } from './headcounts/headcounts.module.js';
import { Demand1764000100001 } from './migrations/0001-demand.js';
import { Totals1764000100002 } from './migrations/0002-totals.js';
import { Headcounts1764000100003 } from './migrations/0003-headcounts.js';
import { PositionsModule } from './positions/positions.module.js';
import { ReviewsModule } from './reviews/reviews.module.js';

@Module({ imports: [PositionsModule, ReviewsModule, HeadcountsModule] })
export class DemandModule {}

export const demandService: ServiceDefinition = { name: 'demand', module: DemandModule, migrations: [Demand1764000100001, Totals1764000100002, Headcounts1764000100003] };
