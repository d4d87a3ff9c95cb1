// Events that a compromised writer of the log could send: another tenant's aggregate under a stranger's name, one attack for each topic.
import { topicOf, type AggregateName } from '@tandem/contracts';
import type { LogEvent } from '@tandem/event-log';
import { eventOf } from '@tandem/test-kit';
import { v7 as uuidv7 } from 'uuid';
import { openLog } from '../launch/databases.js';
import { day, type ProbeWorld } from './world.test-support.js';
import type { Kind, Victims } from './victims.test-support.js';

interface Named {
  readonly of: (kind: Kind) => string;
  /** The stranger's organisation of this kind. */
  readonly own: { readonly enterprise: string; readonly college: string; readonly bureau: string; readonly park: string };
  readonly code: string;
}
type Attack = (named: Named) => LogEvent;

const period = { startsOn: day(30), endsOn: day(210) };

/** By aggregate; a topic that somebody consumes and that is not here fails the run. */
const attacks: Readonly<Partial<Record<AggregateName, Attack>>> = {
  'demand.position': ({ of, own }) => eventOf('demand.position.closed', { id: of('public position'), org: own.enterprise, state: 'closed', public: undefined }, { sequence: 900 }),
  'demand.review': ({ of, own }) =>
    eventOf('demand.review.decided', { id: uuidv7(), org: own.bureau, state: 'decided', public: { positionId: of('position'), enterpriseOrg: own.enterprise, positionVersion: 2, decision: 'publish', field: '', reason: '' } }),
  'identity.organisation': ({ of, own }) =>
    eventOf('identity.organisation.verified', { id: of('organisation'), org: own.park, state: 'active', public: { kind: 'park', code: 'PROBE-FORGED', name: '样例（虚构）', region: '990101', invented: true, suspendedUntil: '' } }, { sequence: 900 }),
  'identity.delegation': ({ of, own }) =>
    eventOf('identity.delegation.granted', { id: of('delegation'), org: own.enterprise, state: 'active', public: { parkOrg: own.park, scopes: ['demand.position'], fromOn: day(0), toOn: '' } }, { sequence: 900 }),
  'identity.code': ({ code, own }) =>
    eventOf('identity.code.retired', { id: code, org: own.enterprise, state: 'retired', public: { list: 'occupations', code: '9-01-01-01', name: '样例（虚构）', parent: '', level: 3, leaf: true, fromOn: day(0), toOn: '' } }, { sequence: 900 }),
  'identity.clock': ({ own }) => eventOf('identity.clock.advanced', { id: '00000000-0000-8000-8000-000000000002', org: own.enterprise, state: 'running', public: { offsetDays: 0 } }, { sequence: 900 }),
  'placement.placement': ({ of, own }) =>
    eventOf('placement.placement.confirmed', {
      id: uuidv7(), org: own.college, state: 'confirmed',
      public: { studentId: uuidv7(), positionId: of('public position'), enterpriseOrg: own.enterprise, kind: 'internship', ...period, cancelReason: '', region: '990101', occupation: '9-01-01-01', roundId: '', startedOn: '', endedOn: '', endKind: '', endReason: '' },
    }),
};

export interface Sent {
  readonly consumer: string;
  readonly topic: string;
  readonly event: LogEvent;
}

/** For each topic that a service consumes: the attack, and the same with a header that names the stranger while the payload names the victim. */
export async function attackEveryTopic({ running, strangers, eyes }: ProbeWorld, victims: Victims): Promise<readonly Sent[]> {
  const { rows } = await eyes.tandem_identity.query<{ id: string }>(`select id from codes where code = '9-01-01-01'`);
  const orgOf = (name: string): string => strangers.find((one) => one.name === name)?.principal.org ?? '';
  const named: Named = {
    of: (kind) => victims.all.find((victim) => victim.kind === kind)?.id ?? '',
    own: { enterprise: orgOf('another enterprise'), college: orgOf('another college'), bureau: orgOf('another bureau'), park: orgOf('another park') },
    code: rows[0]?.id ?? '',
  };
  const consumed = running.services.flatMap(({ name, consumers }) => consumers.map((consumer) => ({ consumer: `${name} ${consumer.name}`, topic: consumer.topic })));
  const events = new Map([...new Set(consumed.map(({ topic }) => topic))].map((topic) => [topic, attackOn(topic, named)]));
  const log = openLog(running.home, running.server);
  try {
    await log.publish([...events.values()].flat());
  } finally {
    await log.close();
  }
  return consumed.flatMap(({ consumer, topic }) => (events.get(topic) ?? []).map((event) => ({ consumer, topic, event })));
}

function attackOn(topic: string, named: Named): LogEvent[] {
  const [, attack] = Object.entries(attacks).find(([aggregate]) => topicOf(aggregate as AggregateName) === topic) ?? [];
  if (!attack) throw new Error(`${topic} is consumed, and there is no attack on it: add one`);
  const event = attack(named);
  const id = uuidv7();
  const torn = { ...event, id, key: event.key, headers: { ...event.headers, ce_id: id, ce_org: named.own.park === event.headers['ce_org'] ? named.own.enterprise : named.own.park } };
  return [event, torn];
}
