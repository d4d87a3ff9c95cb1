import { Module } from '@nestjs/common';
import type { ServiceDefinition } from '@tandem/service-kit';
import { ClockModule } from './clock/clock.module.js';
import { CodesModule } from './codes/codes.module.js';
import { DelegationsModule } from './delegations/delegations.module.js';
import { IdentityImports1764000100002 } from './migrations/0002-imports.js';
import { MembershipsModule } from './memberships/memberships.module.js';
import { Identity1764000100001 } from './migrations/0001-identity.js';
import { OrganisationsModule } from './organisations/organisations.module.js';

@Module({ imports: [OrganisationsModule, MembershipsModule, DelegationsModule, CodesModule, ClockModule] })
export class IdentityModule {}

export const identityService: ServiceDefinition = { name: 'identity', module: IdentityModule, migrations: [Identity1764000100001, IdentityImports1764000100002] };
