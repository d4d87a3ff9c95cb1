import { Feature } from '@tandem/service-kit';
import { knownLists, knownPlacements } from '../projections/known-uses.js';
import { RosterService } from './roster.service.js';
import { students } from './student.entity.js';
import { StudentsEvents } from './students.events.js';
import { StudentsGrpc } from './students.grpc.js';
import { StudentsService } from './students.service.js';

@Feature({ aggregates: [students], projections: [knownPlacements, knownLists], controllers: [StudentsGrpc], providers: [StudentsService, RosterService, StudentsEvents] })
export class StudentsModule {}
