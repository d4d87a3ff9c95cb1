import { Feature } from '@tandem/service-kit';
import { knownClasses } from '../projections/known-classes.js';
import { internships } from './internship.entity.js';
import { InternshipsEvents } from './internships.events.js';
import { InternshipsGrpc } from './internships.grpc.js';
import { InternshipsService } from './internships.service.js';

@Feature({ aggregates: [internships], projections: [knownClasses], controllers: [InternshipsGrpc], providers: [InternshipsService, InternshipsEvents] })
export class InternshipsModule {}
