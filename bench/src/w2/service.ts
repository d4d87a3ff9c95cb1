// A service of the smallest kind: one aggregate with a small table, one reaction whose effect is one row.
import 'reflect-metadata';
import { Injectable } from '@nestjs/common';
import type { Event, PayloadOf } from '@tandem/contracts';
import { RowPolicy, type Tx } from '@tandem/persistence';
import { aggregate, AggregateRow, Feature, On, Reactions, type Fresh, type ServiceDefinition } from '@tandem/service-kit';
import { Column, Entity, PrimaryColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

@Entity('seats')
@RowPolicy({ shape: 'own' })
class SeatsRow extends AggregateRow {
  @Column('text') title!: string;
  @Column('text') region!: string;
  @Column('integer') headcount!: number;
  @Column('integer') filled!: number;
  @Column('date') startsOn!: string;
  @Column('date') endsOn!: string;
  @Column('jsonb') skills!: readonly { readonly code: string; readonly level: number }[];
}

@Entity('effects')
@RowPolicy({ shape: 'own' })
class EffectRow {
  @Column('uuid') org!: string;
  @PrimaryColumn('uuid') eventId!: string;
  @Column('uuid') key!: string;
  @Column('integer') sequence!: number;
}

export const seats = aggregate('demand.position', SeatsRow, {
  // Each by name: taking the rest of an object was a fifth of a bulk command's processor time, and the command is what is measured.
  payload: ({ id, org, title, region, headcount, filled, startsOn, endsOn, skills }) => ({
    id, org, state: 'published',
    public: {
      title, region, headcount, filled, startsOn, endsOn, skills: [...skills], kind: 'internship', occupation: '4-08-05-01', industry: '39', weeklyHours: 40, hasNightWork: false, payFen: 250_000,
      majors: [], hazards: [], hasBoard: true, hasLodging: true, closeReason: '', parkOrg: '',
    },
  }),
});

export function newSeats(fresh: Fresh): SeatsRow {
  return { ...fresh, title: '数控机床操作实习（虚构）', region: '990101', headcount: 1_000_000, filled: 0, startsOn: '2027-03-01', endsOn: '2027-08-31', skills: [{ code: 'S1', level: 2 }] };
}

export function takeSeat(row: SeatsRow): SeatsRow {
  return { ...row, filled: row.filled + 1 };
}

export const EFFECT = 'insert into effects (org, event_id, key, sequence) values ($1, $2, $3, $4)';

/** How many handlers have run; for knowing when to ask the database. */
export const handled = { count: 0 };

type Changed = Event<PayloadOf<'demand.position.changed'>>;

@Injectable()
@Reactions('effects')
class Effects {
  @On('demand.position.changed')
  changed(event: Changed, tx: Tx): null {
    return effect(event, tx);
  }

  @On('demand.position.drafted')
  drafted(event: Changed, tx: Tx): null {
    return effect(event, tx);
  }
}

function effect({ org, id, key, sequence }: Changed, tx: Tx): null {
  tx.write(EFFECT, [org, id, key, sequence]);
  handled.count += 1;
  return null;
}

@Feature({ aggregates: [seats], tables: [EffectRow], providers: [Effects] })
class BenchModule {}

class Bench1764000200001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table seats (org uuid not null, id uuid not null unique, version integer not null, sequence integer not null, title text not null, region text not null,
      headcount integer not null, filled integer not null check (filled >= 0), starts_on date not null, ends_on date not null, skills jsonb not null, primary key (org, id))`);
    await runner.query('create table effects (org uuid not null, event_id uuid primary key, key uuid not null, sequence integer not null)');
  }
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

export const benchService: ServiceDefinition = { name: 'bench', module: BenchModule, migrations: [Bench1764000200001] };
