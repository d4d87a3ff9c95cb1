// What the write path must know of an aggregate: its table, what the world may see of it, and what it does by itself when time passes.
import type { AggregateName, Fact, Payloads, Refusal } from '@tandem/contracts';
import { tableOf, type EntityClass, type Table } from '@tandem/persistence';
import { Column, PrimaryColumn } from 'typeorm';

/** Columns that every aggregate has. `version` is the optimistic lock; `sequence` counts the aggregate's events. */
export abstract class AggregateRow {
  @PrimaryColumn('uuid') org!: string;
  @PrimaryColumn('uuid') id!: string;
  @Column('integer') version!: number;
  @Column('integer') sequence!: number;
}

/** What happens by itself: at `at(row)` the rule runs as a command of the owner. A lost or doubled run has no effect. */
export interface Timer<A extends AggregateName, Row> {
  readonly at: (row: Row) => Date | null;
  readonly fact: Fact<A>;
  readonly rule: (row: Row) => Row;
}

export interface Aggregate<A extends AggregateName, Row extends AggregateRow> {
  readonly name: A;
  readonly table: Table<Row>;
  /** The whole public state after a change; for a private state only id, org and state. */
  readonly payload: (row: Row) => Payloads[A];
  readonly timers: Readonly<Record<string, Timer<A, Row>>>;
  /** Refusals by the name of the database constraint that speaks them. */
  readonly constraints: Readonly<Record<string, (details?: Record<string, string>) => Refusal>>;
}

type Options<A extends AggregateName, Row extends AggregateRow> = Pick<Aggregate<A, Row>, 'payload'> & Partial<Pick<Aggregate<A, Row>, 'timers' | 'constraints'>>;

/** `aggregate('demand.position', PositionRow, { payload })`. */
export function aggregate<A extends AggregateName, Row extends AggregateRow>(name: A, entity: EntityClass<Row>, options: Options<A, Row>): Aggregate<A, Row> {
  return { name, table: tableOf(entity), timers: {}, constraints: {}, ...options };
}

/** The parties of a row: what its policy's party columns hold. */
export function partiesOf<Row extends AggregateRow>(table: Table<Row>, row: Row): string[] {
  const { policy } = table;
  if (policy.shape !== 'parties' && policy.shape !== 'published') return [];
  const columns = table.columns.filter(({ column }) => policy.parties.includes(column));
  const orgs = columns.map(({ property }) => row[property as keyof Row] as string | null);
  return orgs.filter((org): org is string => org !== null);
}
