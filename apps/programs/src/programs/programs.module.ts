import { Feature } from '@tandem/service-kit';
import { knownCodes } from '../projections/known-codes.js';
import { knownOrganisations } from '../projections/known-organisations.js';
import { programs } from './program.entity.js';
import { ProgramsGrpc } from './programs.grpc.js';
import { ProgramsService } from './programs.service.js';
import { RegisterGrpc } from './register.grpc.js';
import { RegisterService } from './register.service.js';

@Feature({ aggregates: [programs], projections: [knownCodes, knownOrganisations], controllers: [ProgramsGrpc, RegisterGrpc], providers: [ProgramsService, RegisterService] })
export class ProgramsModule {}
