import { Feature } from '@tandem/service-kit';
import { knownOrganisations } from '../projections/known-organisations.js';
import { knownPositions } from '../projections/known-positions.js';
import { placements, SeatRow } from './placement.entity.js';
import { PlacementsGrpc } from './placements.grpc.js';
import { PlacementsService } from './placements.service.js';

@Feature({ aggregates: [placements], tables: [SeatRow], projections: [knownPositions, knownOrganisations], controllers: [PlacementsGrpc], providers: [PlacementsService] })
export class PlacementsModule {}
