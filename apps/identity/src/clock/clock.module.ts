import { Feature } from '@tandem/service-kit';
import { clocks } from './clock.entity.js';
import { ClockGrpc } from './clock.grpc.js';
import { ClocksService } from './clocks.service.js';

@Feature({ aggregates: [clocks], controllers: [ClockGrpc], providers: [ClocksService] })
export class ClockModule {}
