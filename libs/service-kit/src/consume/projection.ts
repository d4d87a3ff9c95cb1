// A projection remembers another service's stream: one row an aggregate, replaced by any event with a higher sequence.
import type { AggregateName, Event, Payloads } from '@tandem/contracts';
import { tableOf, type EntityClass, type Table } from '@tandem/persistence';
import { Column, PrimaryColumn } from 'typeorm';

/** Columns of every projection: the source's owner and id, and the sequence of the event that the row shows. */
export abstract class ProjectionRow {
  @PrimaryColumn('uuid') org!: string;
  @PrimaryColumn('uuid') id!: string;
  @Column('integer') sequence!: number;
}

export interface Projection<A extends AggregateName = AggregateName, Row extends ProjectionRow = ProjectionRow> {
  readonly source: A;
  readonly table: Table<Row>;
  readonly toRow: (event: Event<Payloads[A]>) => Row;
  /** After the rows are committed; for what a service keeps in memory. */
  readonly applied?: (rows: readonly Row[]) => void;
}

/** Each event holds the whole public state, so compaction, late start and gaps are harmless; no foreign key to another stream's rows. */
export function projection<A extends AggregateName, Row extends ProjectionRow>(
  source: A,
  entity: EntityClass<Row>,
  columns: (state: Payloads[A]) => Omit<Row, keyof ProjectionRow>,
): Projection<A, Row> {
  return {
    source,
    table: tableOf(entity),
    toRow: (event) => ({ ...columns(event.data), org: event.org, id: event.key, sequence: event.sequence }) as Row,
  };
}

/** By table and not by its name: services of one process may project the same stream into tables of the same name with other columns. */
const texts = new WeakMap<object, string>();

/** Upsert of a JSON array of rows, each only where its sequence is higher than the one that is there. */
export function upsertText<Row>(table: Table<Row>): string {
  const known = texts.get(table);
  if (known) return known;
  const columns = table.columns.map(({ column }) => column);
  const others = columns.filter((column) => column !== 'org' && column !== 'id');
  const text = `insert into ${table.name} as t (${columns.join(', ')}) select ${columns.map((column) => `r.${column}`).join(', ')}
    from jsonb_populate_recordset(null::${table.name}, $1::jsonb) r
    on conflict (org, id) do update set ${others.map((column) => `${column} = excluded.${column}`).join(', ')} where t.sequence < excluded.sequence`;
  texts.set(table, text);
  return text;
}
