// Events that a compromised writer of the log could send: another tenant's aggregate under a stranger's name, one attack for each topic.
import { topicOf, type AggregateName } from '@tandem/contracts';
import type { LogEvent } from '@tandem/event-log';
import { eventOf } from '@tandem/test-kit';
import { v7 as uuidv7 } from 'uuid';
import { openLog } from '../launch/databases.js';
import { day } from './values.test-support.js';
import type { ProbeWorld } from './world.test-support.js';
import type { Kind } from './kinds.test-support.js';
import type { Victims } from './victims.test-support.js';

interface Named {
  readonly of: (kind: Kind) => string;
  /** The victims' enterprise and college. */
  readonly enterprise: string;
  readonly college: string;
  /** The sequence that the aggregate's consumers wait for. */
  readonly next: (aggregate: AggregateName, id: string) => { sequence: number };
  /** The stranger's organisation of this kind. */
  readonly own: { readonly enterprise: string; readonly college: string; readonly bureau: string; readonly park: string };
  readonly code: string;
}
type Attack = (named: Named) => LogEvent[];

const period = { startsOn: day(30), endsOn: day(210) };
const placed = { kind: 'internship', ...period, cancelReason: '', region: '990101', occupation: '9-01-01-01', roundId: '', startedOn: '', endedOn: '', endKind: '', endReason: '' };
const offered = { kind: 'internship', ...period, region: '990101', occupation: '9-01-01-01', wish: 1, answerBy: day(5), reason: '', isMinor: false };
const went = { employerOrg: '', occupation: '9-01-01-01', region: '990101', fromOn: day(-200), toOn: '', wageBand: '' };

/** By aggregate; a topic that somebody consumes and that is not here fails the run. */
const attacks: Readonly<Partial<Record<AggregateName, Attack>>> = {
  'demand.position': ({ of, own }) => [eventOf('demand.position.closed', { id: of('public position'), org: own.enterprise, state: 'closed', public: undefined }, { sequence: 900 })],
  'demand.review': ({ of, own }) => [
    eventOf('demand.review.decided', { id: uuidv7(), org: own.bureau, state: 'decided', public: { positionId: of('position'), enterpriseOrg: own.enterprise, positionVersion: 2, decision: 'publish', field: '', reason: '' } }),
  ],
  'demand.headcount_statement': ({ of, own, next }) => [
    eventOf('demand.headcount_statement.stated', { id: of('headcount'), org: own.enterprise, state: 'stated', public: { occupation: '', staff: 100_000, countedOn: day(0), parkOrg: '' } }, next('demand.headcount_statement', of('headcount'))),
  ],
  'identity.organisation': ({ of, enterprise, own, next }) => [
    eventOf('identity.organisation.verified', { id: of('organisation'), org: own.park, state: 'active', public: { kind: 'park', code: 'PROBE-FORGED', name: '样例（虚构）', region: '990101', invented: true, suspendedUntil: '' } }, next('identity.organisation', of('organisation'))),
    eventOf('identity.organisation.suspended', { id: enterprise, org: own.park, state: 'suspended', public: { kind: 'enterprise', code: 'PROBE-FORGED', name: '样例（虚构）', region: '990101', invented: true, suspendedUntil: '' } }, next('identity.organisation', enterprise)),
  ],
  'identity.delegation': ({ of, own }) => [
    eventOf('identity.delegation.granted', { id: of('delegation'), org: own.enterprise, state: 'active', public: { parkOrg: own.park, scopes: ['demand.position'], fromOn: day(0), toOn: '' } }, { sequence: 900 }),
  ],
  'identity.code': ({ code, own }) => [
    eventOf('identity.code.retired', { id: code, org: own.enterprise, state: 'retired', public: { list: 'occupations', code: '9-01-01-01', name: '样例（虚构）', parent: '', level: 3, leaf: true, fromOn: day(0), toOn: '' } }, { sequence: 900 }),
  ],
  'identity.clock': ({ own }) => [eventOf('identity.clock.advanced', { id: '00000000-0000-8000-8000-000000000002', org: own.enterprise, state: 'running', public: { offsetDays: 0 } }, { sequence: 900 })],
  'placement.placement': ({ of, own, next }) => [
    eventOf('placement.placement.confirmed', { id: uuidv7(), org: own.college, state: 'confirmed', public: { ...placed, studentId: uuidv7(), positionId: of('public position'), enterpriseOrg: own.enterprise } }),
    // The internship has its placement's id.
    eventOf('placement.placement.ended', { id: of('internship'), org: own.college, state: 'ended', public: { ...placed, studentId: of('student'), positionId: uuidv7(), enterpriseOrg: own.enterprise, endedOn: day(0), endKind: 'completed' } }, next('placement.placement', of('internship'))),
  ],
  'placement.round': ({ of, college, own, next }) => {
    const nothing = { ruleHash: '', runs: 0, inputHash: '', digest: '', applicants: 0, assigned: 0, secret: '', opensOn: day(5), closesOn: day(20), answerDays: 5 };
    return [eventOf('placement.round.cancelled', { id: of('public round'), org: own.college, state: 'cancelled', public: { ...nothing, ...period, colleges: [college], cancelReason: 'mistake' } }, next('placement.round', of('public round')))];
  },
  'placement.entry': ({ of, own, next }) => [
    eventOf('placement.entry.withdrawn', { id: of('public entry'), org: own.enterprise, state: 'withdrawn', public: { roundId: of('public round'), positionId: of('public position'), seats: 5, reason: 'mistake', heads: undefined } }, next('placement.entry', of('public entry'))),
  ],
  'placement.offer': ({ of, own, next }) =>
    (['accepted', 'expired'] as const).map((fact, n) =>
      eventOf(`placement.offer.${fact}`, { id: of('offer'), org: own.college, state: fact, public: { ...offered, roundId: of('public round'), studentId: of('student'), positionId: of('public position'), enterpriseOrg: own.enterprise } }, { sequence: next('placement.offer', of('offer')).sequence + n }),
    ),
  'placement.appeal': ({ of, own, next }) => [
    eventOf('placement.appeal.decided', { id: of('appeal'), org: own.college, state: 'decided', public: { roundId: of('public round'), studentId: of('student'), ground: 'other', outcome: 'rerun' } }, next('placement.appeal', of('appeal'))),
  ],
  'placement.preference_list': ({ of, own, next }) => [
    eventOf('placement.preference_list.struck', { id: of('list'), org: own.college, state: 'struck', public: { roundId: of('public round'), studentId: of('student'), choices: 1 } }, next('placement.preference_list', of('list'))),
  ],
  'programs.student': ({ of, own, next }) => [
    eventOf('programs.student.left', { id: of('student'), org: own.college, state: 'withdrawn', public: { kind: 'student', programId: '', programCode: '990101', cohortId: '', classId: '', region: '990101', skills: [], tags: [], minorThrough: '2025-05', workableFrom: '2023-06', reason: 'transferred' } }, next('programs.student', of('student'))),
  ],
  'programs.class': ({ of, own, next }) => [
    eventOf('programs.class.changed', { id: of('class'), org: own.college, state: 'formed', public: { cohortId: of('cohort'), teacherAccount: uuidv7() } }, next('programs.class', of('class'))),
  ],
  'programs.cohort': ({ of, own, next }) => [
    eventOf('programs.cohort.graduated', { id: of('cohort'), org: own.college, state: 'graduated', public: { programId: of('program'), programCode: '990101', entryYear: 2025, graduatesOn: day(0), windows: [] } }, next('programs.cohort', of('cohort'))),
  ],
  'outcomes.destination': ({ of, own, next }) =>
    (['confirmed', 'corrected'] as const).map((fact, n) =>
      eventOf(`outcomes.destination.${fact}`, { id: of('destination'), org: own.college, state: fact, public: { ...went, studentId: of('student'), category: fact === 'confirmed' ? 'contract_job' : 'seeking' } }, { sequence: next('outcomes.destination', of('destination')).sequence + n }),
    ),
  'outcomes.retention_check': ({ of, own, next }) => [
    eventOf('outcomes.retention_check.recorded', { id: of('retention check'), org: own.college, state: 'left', public: { destinationId: of('destination'), studentId: of('student'), months: 3, dueOn: day(0), region: '990101', occupation: '9-01-01-01', reason: 'pay' } }, next('outcomes.retention_check', of('retention check'))),
  ],
  'outcomes.assessment_reply': ({ of, enterprise, own }) => [
    eventOf('outcomes.assessment_reply.acknowledged', { id: uuidv7(), org: own.college, state: 'acknowledged', public: { assessmentId: of('assessment'), assessorOrg: enterprise } }),
  ],
};

export interface Sent {
  readonly consumer: string;
  readonly topic: string;
  readonly event: LogEvent;
}

/** For each topic that a service consumes: the attacks, and the same with a header that names the stranger while the payload names the victim. */
export async function attackEveryTopic(world: ProbeWorld, victims: Victims): Promise<readonly Sent[]> {
  const { running } = world;
  const named = await namedIn(world, victims);
  const consumed = running.services.flatMap(({ name, consumers }) => consumers.map((consumer) => ({ consumer: `${name} ${consumer.name}`, topic: consumer.topic })));
  const events = new Map([...new Set(consumed.map(({ topic }) => topic))].map((topic) => [topic, attacksOn(topic, named)]));
  const log = openLog(running.home, running.server);
  try {
    await log.publish([...events.values()].flat());
  } finally {
    await log.close();
  }
  return consumed.flatMap(({ consumer, topic }) => (events.get(topic) ?? []).map((event) => ({ consumer, topic, event })));
}

async function namedIn({ strangers, eyes }: ProbeWorld, victims: Victims): Promise<Named> {
  const { rows } = await eyes.tandem_identity.query<{ id: string }>(`select id from codes where code = '9-01-01-01'`);
  const { rows: sent } = await eyes.tandem_log.query<{ place: string; last: number }>(`select topic || ' ' || key as place, count(*)::int last from entries group by 1`);
  const last = new Map(sent.map((row) => [row.place, row.last]));
  const orgOf = (name: string): string => strangers.find((one) => one.name === name)?.principal.org ?? '';
  const [enterprise = '', college = ''] = victims.orgs;
  return {
    of: (kind) => victims.all.find((victim) => victim.kind === kind)?.id ?? '',
    enterprise,
    college,
    next: (aggregate, id) => ({ sequence: (last.get(`${topicOf(aggregate)} ${id}`) ?? 0) + 1 }),
    own: { enterprise: orgOf('another enterprise'), college: orgOf('another college'), bureau: orgOf('another bureau'), park: orgOf('another park') },
    code: rows[0]?.id ?? '',
  };
}

function attacksOn(topic: string, named: Named): LogEvent[] {
  const [, attack] = Object.entries(attacks).find(([aggregate]) => topicOf(aggregate as AggregateName) === topic) ?? [];
  if (!attack) throw new Error(`${topic} is consumed, and there is no attack on it: add one`);
  return attack(named).flatMap((event) => [event, torn(event, named)]);
}

function torn(event: LogEvent, { own }: Named): LogEvent {
  const id = uuidv7();
  return { ...event, id, headers: { ...event.headers, ce_id: id, ce_org: own.park === event.headers['ce_org'] ? own.enterprise : own.park } };
}
