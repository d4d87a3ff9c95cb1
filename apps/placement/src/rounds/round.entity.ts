import { personal, RowPolicy, type Sealed } from '@tandem/persistence';
import { aggregate, AggregateRow, endOfDay } from '@tandem/service-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { WishTold } from './market.js';
import { addDays, close, open, refillDue, type Round, type RoundState, type RuleSheet } from './round.js';

@Entity('rounds')
@RowPolicy({ shape: 'published', parties: [] })
export class RoundRow extends AggregateRow implements Round {
  @Column('text') state!: RoundState;
  @Column('boolean') isPublic!: boolean;
  @Column('text') title!: string;
  @Column('uuid', { array: true }) colleges!: readonly string[];
  @Column('date') startsOn!: string;
  @Column('date') endsOn!: string;
  @Column('date') opensOn!: string;
  @Column('date') closesOn!: string;
  @Column('integer') answerDays!: number;
  @Column('jsonb') rules!: RuleSheet;
  @Column('text') ruleSheet!: string | null;
  @Column('text') ruleHash!: string | null;
  /** The lottery's secret until it is revealed: everybody may read the row. */
  @personal({ nullable: true }) sealedSecret!: Sealed | null;
  /** Makes the students' names in this round; never revealed. */
  @personal({ nullable: true }) sealedAliasKey!: Sealed | null;
  @Column('text') secret!: string | null;
  @Column('integer') runs!: number;
  @Column('text') inputHash!: string | null;
  @Column('text') digest!: string | null;
  @Column('text') listsDigest!: string | null;
  @Column('integer') applicants!: number;
  @Column('integer') assigned!: number;
  @Column('text', { array: true }) findings!: readonly string[];
  @Column('date') answersUntil!: string | null;
  @Column('date') settlesOn!: string;
  @Column('integer') refillDays!: number;
  @Column('date') refillOn!: string | null;
  @Column('integer') appealDays!: number;
  @Column('date') appealsUntil!: string | null;
  @Column('text') cancelReason!: string | null;
}

export const rounds = aggregate('placement.round', RoundRow, {
  payload: ({ id, org, state, isPublic, ...round }) => ({ id, org, state, public: isPublic ? publicPart(round) : undefined }),
  timers: {
    open: { at: ({ state, opensOn }) => (state === 'announced' ? endOfDay(addDays(opensOn, -1)) : null), fact: 'opened', rule: open },
    close: { at: ({ state, closesOn }) => (state === 'open' ? endOfDay(closesOn) : null), fact: 'closed', rule: close },
    refill: { at: ({ state, refillOn }) => (state === 'published' && refillOn !== null ? endOfDay(addDays(refillOn, -1)) : null), fact: 'refill_due', rule: refillDue },
  },
});

function publicPart({ colleges, startsOn, endsOn, opensOn, closesOn, answerDays, runs, applicants, assigned, ...rest }: Omit<RoundRow, 'id' | 'org' | 'state' | 'isPublic'>) {
  const { ruleHash, inputHash, digest, secret, cancelReason } = rest;
  return {
    colleges: [...colleges], startsOn, endsOn, opensOn, closesOn, answerDays, runs, applicants, assigned,
    ruleHash: ruleHash ?? '', inputHash: inputHash ?? '', digest: digest ?? '', secret: secret ?? '', cancelReason: cancelReason ?? '',
  };
}

/** What a run said of each student: rows of the round's organiser, who sees them only as the round's runner. */
@Entity('assignments')
@RowPolicy({ shape: 'round' })
export class AssignmentRow {
  @PrimaryColumn('uuid') org!: string;
  @PrimaryColumn('uuid') roundId!: string;
  @PrimaryColumn('integer') run!: number;
  @PrimaryColumn('uuid') studentId!: string;
  /** Always: no organisation reads another's students here. */
  @Column('boolean') sealed!: boolean;
  @Column('uuid') subjectAccount!: string | null;
  @Column('uuid') collegeOrg!: string;
  @Column('uuid') positionId!: string | null;
  @Column('integer') wish!: number | null;
  @Column('text') reason!: string | null;
  @Column('jsonb') explanation!: readonly WishTold[];
  /** Null where this run leads to no new offer. */
  @Column('text') offerAs!: 'offered' | 'waiting' | null;
  /** The offer that moving up takes back. */
  @Column('uuid') leaves!: string | null;
}
