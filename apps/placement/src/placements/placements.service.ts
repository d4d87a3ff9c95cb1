import { Injectable } from '@nestjs/common';
import type { Refusal } from '@tandem/contracts';
import { conditions, page, TenantDatabase, type PageOf, type PagePart, type Tx } from '@tandem/persistence';
import { Commands, reach, type Call, type Done, type Fresh, type Outcome, type TargetAt } from '@tandem/service-kit';
import { engagedStudents } from '../ledger/engagements.js';
import { takeHeads } from '../ledger/heads.js';
import { freeing, freeSeats, lanesOf, takeSeats } from '../ledger/seats.js';
import { statedStaffOf, type StatedStaff } from '../projections/known-headcounts.js';
import { knownPositionsOf } from '../projections/known-positions.js';
import { knownStudentsOf } from '../projections/known-students.js';
import { gatesOf, passGates, type GatesRow, type PassedGates, type Recording } from './gates.service.js';
import { cancel, confirm, end, makeReady, pause, recordGates, refuse, resume, start, type Ending, type KnownPosition, type KnownStudent, type Wish } from './placement.js';
import { placements, type PlacementRow } from './placement.entity.js';

export interface PlacementFilter {
  readonly view: 'own' | 'party';
  readonly state: string | null;
  readonly positionId: string | null;
  readonly roundId: string | null;
  readonly studentId: string | null;
  readonly descending: boolean;
  readonly page: PagePart;
}
export type Cancellation = TargetAt & { readonly reason: string };
export type Pausing = TargetAt & { readonly reason: string };
export type End = TargetAt & Ending;

interface Known {
  readonly positions: ReadonlyMap<string, KnownPosition>;
  readonly students: ReadonlyMap<string, KnownStudent>;
  readonly busy: ReadonlySet<string>;
  /** Of internships: what they count against. */
  readonly staff: ReadonlyMap<string, StatedStaff>;
}

@Injectable()
export class PlacementsService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
  ) {}

  async confirm(call: Call, wish: Wish): Promise<Done> {
    const [outcome] = await this.confirmMany(call, [wish], true);
    if (!outcome || 'refused' in outcome) throw outcome?.refused ?? new Error('one wish has one outcome');
    return outcome.done;
  }

  confirmMany(call: Call, wishes: readonly Wish[], atomic: boolean): Promise<Outcome[]> {
    let known: Known = { positions: new Map(), students: new Map(), busy: new Set(), staff: new Map() };
    const make = (fresh: Fresh, wish: Wish, facts: Known): PlacementRow => {
      if (facts.busy.has(wish.studentId)) throw refuse.student_taken({ field: 'studentId' });
      return { ...fresh, ...confirm(wish, facts.positions.get(wish.positionId), facts.students.get(wish.studentId)) };
    };
    return this.commands.createMany(call, placements, 'confirmed', wishes, make, {
      facts: async (tx, items) => (known = await knownOf(tx, call, items)),
      claim: (tx, rows) => seated(tx, known, rows),
      atomic,
    });
  }

  cancel(call: Call, { reason, ...at }: Cancellation): Promise<Done> {
    return this.commands.change(call, placements, 'cancelled', at, (placement) => cancel(placement, reason), { claim: free });
  }

  cancelMany(call: Call, items: readonly Cancellation[], atomic: boolean): Promise<Outcome[]> {
    return this.commands.changeMany(call, placements, 'cancelled', items, (placement, { reason }) => cancel(placement, reason), { claim: free, atomic });
  }

  recordGates(call: Call, items: readonly Recording[], atomic: boolean): Promise<Outcome[]> {
    return this.commands.changeMany(call, placements, 'changed', items, recordGates, { claim: (tx, rows) => passGates(tx, call, items, rows), atomic });
  }

  readyMany(call: Call, items: readonly TargetAt[], atomic: boolean): Promise<Outcome[]> {
    const rule = (placement: PlacementRow, _at: TargetAt, passed: PassedGates): PlacementRow => makeReady(placement, passed.get(placement.id) ?? new Set());
    return this.commands.changeMany(call, placements, 'ready', items, rule, { facts: (tx) => passedOf(tx, call, items), atomic });
  }

  startMany(call: Call, items: readonly TargetAt[], atomic: boolean): Promise<Outcome[]> {
    return this.commands.changeMany(call, placements, 'started', items, (placement) => start(placement, call.today), { atomic });
  }

  pauseMany(call: Call, items: readonly Pausing[], atomic: boolean): Promise<Outcome[]> {
    return this.commands.changeMany(call, placements, 'paused', items, (placement, { reason }) => pause(placement, reason), { atomic });
  }

  resumeMany(call: Call, items: readonly TargetAt[], atomic: boolean): Promise<Outcome[]> {
    return this.commands.changeMany(call, placements, 'resumed', items, (placement) => resume(placement), { atomic });
  }

  endMany(call: Call, items: readonly End[], atomic: boolean): Promise<Outcome[]> {
    return this.commands.changeMany(call, placements, 'ended', items, (placement, ending) => end(placement, ending, call.today), { claim: free, atomic });
  }

  async batch(call: Call, ids: readonly string[]): Promise<PlacementRow[]> {
    const { sql, values } = conditions([{ sql: 'id = any($::uuid[])', value: ids }, ...reach(call, 'placements')]);
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query(`select * from placements where ${sql}`, values));
    return raws.map((raw) => placements.table.hydrate(raw));
  }

  /** The gates of own placements; an enterprise sees none. */
  gatesOf(call: Call, ids: readonly string[]): Promise<Map<string, GatesRow[]>> {
    return this.database.withTenant(call.principal, (tx) => gatesOf(tx, call.principal.org, ids));
  }

  list(call: Call, { view, state, positionId, roundId, studentId, descending, page: request }: PlacementFilter): Promise<PageOf<PlacementRow>> {
    const where = [
      { sql: view === 'own' ? 'org = $' : 'enterprise_org = $', value: call.principal.org },
      ...reach(call, 'placements'),
      ...(state ? [{ sql: 'state = $', value: state }] : []),
      ...(positionId ? [{ sql: 'position_id = $', value: positionId }] : []),
      ...(roundId ? [{ sql: 'round_id = $', value: roundId }] : []),
      ...(studentId ? [{ sql: 'student_id = $', value: studentId }] : []),
    ];
    return this.database.withTenant(call.principal, (tx) => page(tx, placements.table, { ...request, where, orderBy: 'startsOn', descending }));
  }
}

/** For each new placement a seat of its position, or of a settled entry of it whose seat came free, and a head of the enterprise; or the refusal of one that found none. */
async function seated(tx: Tx, { positions, staff }: Known, rows: readonly PlacementRow[]): Promise<(Refusal | null)[]> {
  const lanes = await lanesOf(tx, rows.map(({ positionId }) => positionId), positions);
  const seats = await takeSeats(tx, rows.map(({ org, id, positionId }) => ({ org, holder: id, lanes: lanes(positionId) })));
  const interns = rows.flatMap((row, n) => {
    const stated = staff.get(row.positionId);
    return seats[n] === true && stated ? [{ ...row, holder: row.id, staff: stated }] : [];
  });
  const heads = await takeHeads(tx, interns);
  const headless = new Set(interns.map(({ id }) => id).filter((id) => !heads.has(id)));
  freeSeats(tx, [...headless]);
  return rows.map(({ id }, n) => (seats[n] !== true ? refuse.no_seat() : headless.has(id) ? refuse.no_head() : null));
}

/** Who completed, or stays for a job, keeps the seat. */
const free = freeing<PlacementRow>(({ state, endKind }) => state === 'cancelled' || endKind === 'left_early');

async function knownOf(tx: Tx, call: Call, wishes: readonly Wish[]): Promise<Known> {
  const ids = wishes.map(({ studentId }) => studentId);
  const [positions, students, busy, staff] = await Promise.all([
    knownPositionsOf(tx, wishes.map(({ positionId }) => positionId)),
    knownStudentsOf(tx, call.principal.org, ids),
    engagedStudents(tx, call.principal.org, wishes),
    statedStaffOf(tx, wishes.map(({ positionId }) => positionId)),
  ]);
  return { positions, students, busy, staff };
}

async function passedOf(tx: Tx, call: Call, items: readonly TargetAt[]): Promise<PassedGates> {
  const rows = await gatesOf(tx, call.principal.org, items.map(({ id }) => id));
  return new Map([...rows].map(([id, passed]) => [id, new Set(passed.map(({ gate }) => gate))]));
}
