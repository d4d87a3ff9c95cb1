import { Feature } from '@tandem/service-kit';
import { knownOrganisations } from '../projections/known-organisations.js';
import { knownPositions } from '../projections/known-positions.js';
import { CellRow } from './cells.entity.js';
import { IndicatorsGrpc } from './indicators.grpc.js';
import { IndicatorsService } from './indicators.service.js';

@Feature({ tables: [CellRow], projections: [knownPositions, knownOrganisations], controllers: [IndicatorsGrpc], providers: [IndicatorsService] })
export class IndicatorsModule {}
