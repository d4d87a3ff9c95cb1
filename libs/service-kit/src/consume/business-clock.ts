// Business time: the wall clock, moved forward by what this service has applied of identity's clock. Leases and tokens never use it.
import { RowPolicy } from '@tandem/persistence';
import { Column, Entity } from 'typeorm';
import { projection, ProjectionRow } from './projection.js';

@Entity('known_clock')
@RowPolicy({ shape: 'shared' })
export class KnownClockRow extends ProjectionRow {
  @Column('integer') offsetDays!: number;
}

export const knownClock = projection('identity.clock', KnownClockRow, ({ public: it }) => ({ offsetDays: it?.offsetDays ?? 0 }));

const DAY_MS = 86_400_000;

export class BusinessClock {
  private days = 0;
  private readonly dateFormat: Intl.DateTimeFormat;

  constructor(
    timeZone = 'Asia/Shanghai',
    private readonly wall: () => number = Date.now,
  ) {
    // sv-SE writes dates as YYYY-MM-DD.
    this.dateFormat = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  }

  get offsetDays(): number {
    return this.days;
  }

  /** Moves forward only: an older row that arrives late changes nothing. */
  advanceTo(offsetDays: number): void {
    this.days = Math.max(this.days, offsetDays);
  }

  now(): Date {
    return new Date(this.wall() + this.days * DAY_MS);
  }

  today(): string {
    return this.dateFormat.format(this.now());
  }
}

/** Midnight at the end of a plain date in the deployment's time zone, which has no summer time. */
export function endOfDay(on: string, utcOffset = '+08:00'): Date {
  return new Date(new Date(`${on}T00:00:00${utcOffset}`).getTime() + DAY_MS);
}
