import { RowPolicy } from '@tandem/persistence';
import { aggregate, AggregateRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';
import { refuse, type Level, type Program, type ProgramState, type Skill } from './program.js';

@Entity('programs')
@RowPolicy({ shape: 'published', parties: [] })
export class ProgramRow extends AggregateRow implements Program {
  @Column('text') state!: ProgramState;
  @Column('boolean') isPublic!: boolean;
  @Column('text') code!: string;
  @Column('text') level!: Level;
  @Column('integer') years!: number;
  @Column('jsonb') skills!: readonly Skill[];
  @Column('uuid') importId!: string | null;
  @Column('boolean') undone!: boolean;
}

export const programs = aggregate('programs.program', ProgramRow, {
  payload: ({ id, org, state, isPublic, code, level, years, skills }) => ({ id, org, state, public: isPublic ? { code, level, years, skills: [...skills] } : undefined }),
  constraints: { programs_code_years_key: () => refuse.already_there({ field: 'code' }) },
});
