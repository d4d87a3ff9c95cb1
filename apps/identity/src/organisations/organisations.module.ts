import { Feature } from '@tandem/service-kit';
import { organisations } from './organisation.entity.js';
import { ImportsService } from './imports.service.js';
import { OrganisationsGrpc } from './organisations.grpc.js';
import { OrganisationsService } from './organisations.service.js';

@Feature({ aggregates: [organisations], controllers: [OrganisationsGrpc], providers: [OrganisationsService, ImportsService] })
export class OrganisationsModule {}
