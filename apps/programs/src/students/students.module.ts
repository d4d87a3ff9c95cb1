import { Feature } from '@tandem/service-kit';
import { students } from './student.entity.js';
import { StudentsEvents } from './students.events.js';
import { StudentsGrpc } from './students.grpc.js';
import { StudentsService } from './students.service.js';

@Feature({ aggregates: [students], controllers: [StudentsGrpc], providers: [StudentsService, StudentsEvents] })
export class StudentsModule {}
