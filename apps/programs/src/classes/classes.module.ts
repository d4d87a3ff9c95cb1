import { Feature } from '@tandem/service-kit';
import { classes } from './class.entity.js';
import { ClassesGrpc } from './classes.grpc.js';
import { ClassesService } from './classes.service.js';

@Feature({ aggregates: [classes], controllers: [ClassesGrpc], providers: [ClassesService] })
export class ClassesModule {}
