import { Feature } from '@tandem/service-kit';
import { codes } from './code.entity.js';
import { CodesGrpc } from './codes.grpc.js';
import { CodesService } from './codes.service.js';

@Feature({ aggregates: [codes], controllers: [CodesGrpc], providers: [CodesService] })
export class CodesModule {}
