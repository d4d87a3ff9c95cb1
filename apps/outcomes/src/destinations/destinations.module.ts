import { Feature } from '@tandem/service-kit';
import { knownStudents } from '../projections/known-students.js';
import { destinations } from './destination.entity.js';
import { DestinationsEvents } from './destinations.events.js';
import { DestinationsGrpc } from './destinations.grpc.js';
import { DestinationsService } from './destinations.service.js';
import { RetentionGrpc } from './retention.grpc.js';
import { retentionChecks } from './retention-check.entity.js';

@Feature({ aggregates: [destinations, retentionChecks], projections: [knownStudents], controllers: [DestinationsGrpc, RetentionGrpc], providers: [DestinationsService, DestinationsEvents] })
export class DestinationsModule {}
