import { Module } from '@nestjs/common';
import type { ServiceDefinition } from '@tandem/service-kit';
import { Placement1764000100001 } from './migrations/0001-placement.js';
import { Rounds1764000100002 } from './migrations/0002-rounds.js';
import { Lookups1764000100003 } from './migrations/0003-lookups.js';
import { Totals1764000100004 } from './migrations/0004-totals.js';
import { Classes1764000100005 } from './migrations/0005-classes.js';
import { Heads1764000100006 } from './migrations/0006-heads.js';
import { Lists1764000100007 } from './migrations/0007-lists.js';
import { Answers1764000100008 } from './migrations/0008-answers.js';
import { Appeals1764000100009 } from './migrations/0009-appeals.js';
import { Runs1764000100010 } from './migrations/0010-runs.js';
import { PlacementsModule } from './placements/placements.module.js';
import { RoundsModule } from './rounds/rounds.module.js';

@Module({ imports: [PlacementsModule, RoundsModule] })
export class PlacementModule {}

export const placementService: ServiceDefinition = {
  name: 'placement',
  module: PlacementModule,
  migrations: [Placement1764000100001, Rounds1764000100002, Lookups1764000100003, Totals1764000100004, Classes1764000100005, Heads1764000100006, Lists1764000100007, Answers1764000100008, Appeals1764000100009, Runs1764000100010],
};
