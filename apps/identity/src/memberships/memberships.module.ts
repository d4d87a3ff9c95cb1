import { Feature } from '@tandem/service-kit';
import { memberships } from './membership.entity.js';
import { MembershipsGrpc } from './memberships.grpc.js';
import { MembershipsService } from './memberships.service.js';

@Feature({ aggregates: [memberships], controllers: [MembershipsGrpc], providers: [MembershipsService] })
export class MembershipsModule {}
