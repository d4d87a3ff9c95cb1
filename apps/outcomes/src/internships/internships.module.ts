import { Feature } from '@tandem/service-kit';
import { internships } from './internship.entity.js';
import { InternshipsEvents } from './internships.events.js';
import { InternshipsGrpc } from './internships.grpc.js';
import { InternshipsService } from './internships.service.js';

@Feature({ aggregates: [internships], controllers: [InternshipsGrpc], providers: [InternshipsService, InternshipsEvents] })
export class InternshipsModule {}
