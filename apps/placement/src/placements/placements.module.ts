import { Feature } from '@tandem/service-kit';
import { EngagementRow } from '../ledger/engagements.js';
import { HeadRow } from '../ledger/heads.js';
import { SeatRow } from '../ledger/seats.js';
import { knownClasses } from '../projections/known-classes.js';
import { knownHeadcounts } from '../projections/known-headcounts.js';
import { knownOrganisations } from '../projections/known-organisations.js';
import { knownPositions } from '../projections/known-positions.js';
import { knownStudents } from '../projections/known-students.js';
import { GateRow, placements } from './placement.entity.js';
import { PlacementsEvents } from './placements.events.js';
import { PlacementsGrpc } from './placements.grpc.js';
import { PlacementsService } from './placements.service.js';

@Feature({
  aggregates: [placements],
  tables: [SeatRow, HeadRow, EngagementRow, GateRow],
  projections: [knownPositions, knownOrganisations, knownStudents, knownClasses, knownHeadcounts],
  controllers: [PlacementsGrpc],
  providers: [PlacementsService, PlacementsEvents],
})
export class PlacementsModule {}
