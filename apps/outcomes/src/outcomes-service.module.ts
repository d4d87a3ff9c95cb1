import { Module } from '@nestjs/common';
import type { ServiceDefinition } from '@tandem/service-kit';
import { AssessmentsModule } from './assessments/assessments.module.js';
import { DestinationsModule } from './destinations/destinations.module.js';
import { IndicatorsModule } from './indicators/indicators.module.js';
import { InternshipsModule } from './internships/internships.module.js';
import { Outcomes1764000300001 } from './migrations/0001-outcomes.js';
import { Cells1764000300002 } from './migrations/0002-cells.js';
import { Classes1764000300003 } from './migrations/0003-classes.js';

@Module({ imports: [InternshipsModule, AssessmentsModule, DestinationsModule, IndicatorsModule] })
export class OutcomesServiceModule {}

export const outcomesService: ServiceDefinition = { name: 'outcomes', module: OutcomesServiceModule, migrations: [Outcomes1764000300001, Cells1764000300002, Classes1764000300003] };
export { allCells } from './indicators/cube.js';
