import { Feature } from '@tandem/service-kit';
import { knownCodes } from '../projections/known-codes.js';
import { knownOrganisations } from '../projections/known-organisations.js';
import { positions } from './position.entity.js';
import { PositionsEvents } from './positions.events.js';
import { PositionsGrpc } from './positions.grpc.js';
import { PositionsService } from './positions.service.js';

@Feature({ aggregates: [positions], projections: [knownCodes, knownOrganisations], controllers: [PositionsGrpc], providers: [PositionsService, PositionsEvents] })
export class PositionsModule {}
