import { Feature } from '@tandem/service-kit';
import { delegations } from './delegation.entity.js';
import { DelegationsGrpc } from './delegations.grpc.js';
import { DelegationsService } from './delegations.service.js';

@Feature({ aggregates: [delegations], controllers: [DelegationsGrpc], providers: [DelegationsService] })
export class DelegationsModule {}
