import { RowPolicy } from '@tandem/persistence';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Exact counts of one owner's rows: seen by the owner, and by the service for what a bureau may see. */
@Entity('cells')
@RowPolicy({ shape: 'parties', parties: ['reader_org'] })
export class CellRow {
  @PrimaryColumn('uuid') org!: string;
  @PrimaryColumn('text') indicator!: string;
  @PrimaryColumn('text') region!: string;
  @PrimaryColumn('text') occupation!: string;
  /** A quarter, for example 2027Q1. */
  @PrimaryColumn('text') period!: string;
  @Column('uuid') readerOrg!: string;
  @Column('bigint') population!: string;
  @Column('bigint') denominator!: string;
  @Column('bigint') numerator!: string;
  @Column('bigint') unknown!: string;
}
