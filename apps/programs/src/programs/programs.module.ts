import { Feature } from '@tandem/service-kit';
import { knownCodes } from '../projections/known-codes.js';
import { programs } from './program.entity.js';
import { ProgramsGrpc } from './programs.grpc.js';
import { ProgramsService } from './programs.service.js';

@Feature({ aggregates: [programs], projections: [knownCodes], controllers: [ProgramsGrpc], providers: [ProgramsService] })
export class ProgramsModule {}
