import { Module } from '@nestjs/common';
import type { ServiceDefinition } from '@tandem/service-kit';
import { ClassesModule } from './classes/classes.module.js';
import { CohortsModule } from './cohorts/cohorts.module.js';
import { Programs1764000200001 } from './migrations/0001-programs.js';
import { ProgramsImports1764000200002 } from './migrations/0002-imports.js';
import { ProgramsModule } from './programs/programs.module.js';
import { StudentsModule } from './students/students.module.js';

@Module({ imports: [ProgramsModule, CohortsModule, ClassesModule, StudentsModule] })
export class ProgramsServiceModule {}

export const programsService: ServiceDefinition = { name: 'programs', module: ProgramsServiceModule, migrations: [Programs1764000200001, ProgramsImports1764000200002] };
