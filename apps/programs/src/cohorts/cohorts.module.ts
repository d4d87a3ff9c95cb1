import { Feature } from '@tandem/service-kit';
import { cohorts } from './cohort.entity.js';
import { CohortsGrpc } from './cohorts.grpc.js';
import { CohortsService } from './cohorts.service.js';

@Feature({ aggregates: [cohorts], controllers: [CohortsGrpc], providers: [CohortsService] })
export class CohortsModule {}
