import { Feature } from '@tandem/service-kit';
import { EngagementRow } from '../ledger/engagements.js';
import { SeatRow } from '../ledger/seats.js';
import { knownClasses } from '../projections/known-classes.js';
import { knownOrganisations } from '../projections/known-organisations.js';
import { knownPositions } from '../projections/known-positions.js';
import { knownStudents } from '../projections/known-students.js';
import { GateRow, placements } from './placement.entity.js';
import { PlacementsEvents } from './placements.events.js';
import { PlacementsGrpc } from './placements.grpc.js';
import { PlacementsService } from './placements.service.js';

@Feature({
  aggregates: [placements],
  tables: [SeatRow, EngagementRow, GateRow],
  projections: [knownPositions, knownOrganisations, knownStudents, knownClasses],
  controllers: [PlacementsGrpc],
  providers: [PlacementsService, PlacementsEvents],
})
export class PlacementsModule {}
