import { RowPolicy } from '@tandem/persistence';
import { aggregate, AggregateRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';
import { refuse, type CodeList, type Entry } from './code.js';

@Entity('codes')
@RowPolicy({ shape: 'shared' })
export class CodeRow extends AggregateRow implements Entry {
  @Column('text') state!: 'active' | 'retired';
  @Column('text') list!: CodeList;
  @Column('text') code!: string;
  @Column('text') name!: string;
  @Column('text') parent!: string | null;
  @Column('integer') level!: number;
  @Column('boolean') leaf!: boolean;
  @Column('date') fromOn!: string;
  @Column('date') toOn!: string | null;
}

export const codes = aggregate('identity.code', CodeRow, {
  payload: ({ id, org, state, list, code, name, parent, level, leaf, fromOn, toOn }) => ({
    id,
    org,
    state,
    public: { list, code, name, parent: parent ?? '', level, leaf, fromOn, toOn: toOn ?? '' },
  }),
  // Two imports of one list at once: the second finds everything in when it is repeated.
  constraints: Object.fromEntries(['codes_pkey', 'codes_id_key', 'codes_list_code_key'].map((name) => [name, () => refuse.imported_meanwhile()])),
});
