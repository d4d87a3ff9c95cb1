import { Module } from '@nestjs/common';
import type { ServiceDefinition } from '@tandem/service-kit';
import { Placement1764000100001 } from './migrations/0001-placement.js';
import { PlacementsModule } from './placements/placements.module.js';

@Module({ imports: [PlacementsModule] })
export class PlacementModule {}

export const placementService: ServiceDefinition = { name: 'placement', module: PlacementModule, migrations: [Placement1764000100001] };
