// The ledger of heads: how many interns an enterprise has promised to have at once, in a kind of post and of all its staff, day by day, across all colleges and rounds. An entry in a round holds heads until the round
// is settled; then, and by hand at once, each placement has one of its own, in its college's row. No row is another's to see but the enterprise's, and the keys see all of them.
import { headsAllowed, type HeadKind } from '@tandem/internship-rules';
import { RowPolicy, type Tx } from '@tandem/persistence';
import { groupBy } from '@tandem/service-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { StatedStaff } from '../projections/known-headcounts.js';

@Entity('heads')
@RowPolicy({ shape: 'parties', parties: ['enterprise_org'] })
export class HeadRow {
  /** An entry or a placement. */
  @PrimaryColumn('uuid') holder!: string;
  /** An occupation; empty: of all staff. */
  @PrimaryColumn('text') post!: string;
  @PrimaryColumn('date') startsOn!: string;
  @PrimaryColumn('integer') firstHead!: number;
  @Column('integer') lastHead!: number;
  @Column('date') endsOn!: string;
  @Column('uuid') org!: string;
  @Column('uuid') enterpriseOrg!: string;
  /** The round that holds them; null once they are a placement's. */
  @Column('uuid') roundId!: string | null;
  /** The cap when they were taken; null where none was known. */
  @Column('integer') allowed!: number | null;
}

/** Who needs heads, and where. */
export interface HeadTaking {
  readonly holder: string;
  readonly enterpriseOrg: string;
  readonly occupation: string;
  readonly region: string;
  readonly startsOn: string;
  readonly endsOn: string;
  /** Null where the enterprise has stated none: then no cap is known, and what is taken is written down all the same. */
  readonly staff: StatedStaff;
}

/** Which of them have a head now: the first ones, as long as both caps leave any. One statement for all at one post and of one period. */
export async function takeHeads(tx: Tx, takings: readonly HeadTaking[]): Promise<Set<string>> {
  // Locks are taken in the order of the enterprises, so that two batches do not wait for each other.
  const groups = [...groupBy(takings, ({ enterpriseOrg, occupation, region, startsOn, endsOn }) => [enterpriseOrg, occupation, region, startsOn, endsOn].join(' '))].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const taken = await Promise.all(
    groups.map(async ([, group]) => {
      const holders = group.map(({ holder }) => holder);
      const got = await hold(tx, group[0] as HeadTaking, { roundId: null, holders, each: 1 });
      return holders.slice(0, got.enterprise);
    }),
  );
  return new Set(taken.flat());
}

export interface HeldHeads {
  readonly post: number;
  readonly enterprise: number;
  /** Whether the round has any of this kind of post, and of this enterprise. */
  readonly roundHasPost: boolean;
  readonly roundHasEnterprise: boolean;
}

/** A round's hold for an entry: of so many what each cap leaves, for all days of the round. */
export function holdHeads(tx: Tx, taking: HeadTaking, { roundId, seats }: { readonly roundId: string; readonly seats: number }): Promise<HeldHeads> {
  return hold(tx, taking, { roundId, holders: [taking.holder], each: seats });
}

async function hold(tx: Tx, { enterpriseOrg, occupation, staff, ...at }: HeadTaking, { roundId, holders, each }: { readonly roundId: string | null; readonly holders: readonly string[]; readonly each: number }): Promise<HeldHeads> {
  const allowed = (kind: HeadKind): number | null => (staff[kind] === null ? null : headsAllowed(kind, at, staff[kind]));
  const [held] = await tx.query<HeldHeads & object>(
    'select post, enterprise, round_has_post "roundHasPost", round_has_enterprise "roundHasEnterprise" from hold_heads($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
    [enterpriseOrg, occupation, at.startsOn, at.endsOn, roundId, holders, each, allowed('post'), allowed('enterprise'), roundId === null],
  );
  if (!held) throw new Error('a hold is one row');
  return held;
}

/** What a settlement may be handing over is waited for. */
export function lockHeads(tx: Tx, enterpriseOrg: string): void {
  tx.write('select pg_advisory_xact_lock(hashtextextended($1, 0))', [enterpriseOrg]);
}

/** Gives back all heads of these holders, who are the caller's own. */
export function freeHeads(tx: Tx, holders: readonly string[]): void {
  if (holders.length > 0) tx.write('delete from heads where holder = any($1::uuid[])', [holders]);
}

/** The round is settled: what it held of this enterprise goes, and each who accepted has a head of the own. */
export function handOverHeads(tx: Tx, roundId: string, enterpriseOrg: string): void {
  tx.write('select hand_over_heads($1, $2)', [roundId, enterpriseOrg]);
}
