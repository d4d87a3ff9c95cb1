// For tests: one state of every aggregate with no field left empty, so that every field number and type shows in its bytes.
import { catalogue, type Payloads } from './generated/catalogue.js';
import type { AggregateName, Event } from './event.js';
import { eventType, topicOf } from './event.js';

const id = '018f3a5e-0000-7000-8000-000000000001';
const org = '018f3a5e-0000-7000-8000-0000000000a1';
const other = '018f3a5e-0000-7000-8000-0000000000b2';

/** A field more in `proto/` does not compile until it stands here. */
export const examples: { readonly [A in AggregateName]: Payloads[A] } = {
  'demand.position': {
    id,
    org,
    state: 'closed',
    public: {
      kind: 'internship',
      title: '装配工',
      occupation: '6-20-01-01',
      industry: '3811',
      region: '330100',
      headcount: 300,
      filled: 2,
      startsOn: '2026-09-01',
      endsOn: '2027-02-28',
      weeklyHours: 35,
      hasNightWork: true,
      payFen: 250_000,
      skills: [{ code: 'welding', level: 3 }],
      majors: ['460301', '460302'],
      hazards: ['noise'],
      hasBoard: true,
      hasLodging: true,
      closeReason: 'filled',
      parkOrg: other,
    },
  },
  'demand.review': { id, org, state: 'decided', public: { positionId: id, enterpriseOrg: other, positionVersion: 2, decision: 'return', field: 'payFen', reason: 'below_minimum' } },
  'identity.organisation': { id, org, state: 'suspended', public: { kind: 'enterprise', code: '91330100EXAMPLE0X1', name: '示例企业', region: '330100', invented: true, suspendedUntil: '2026-12-31' } },
  'identity.membership': { id, org, state: 'ended', public: { account: other, role: 'enterprise_hr', fromOn: '2026-01-01', toOn: '2026-12-31' } },
  'identity.delegation': { id, org, state: 'revoked', public: { parkOrg: other, scopes: ['demand.position'], fromOn: '2026-01-01', toOn: '2026-12-31' } },
  'identity.code': { id, org, state: 'retired', public: { list: 'occupations', code: '6-20-01-01', name: '装配工', parent: '6-20-01', level: 4, leaf: true, fromOn: '2022-01-01', toOn: '2026-12-31' } },
  'identity.clock': { id, org, state: 'running', public: { offsetDays: 90 } },
  'placement.placement': {
    id,
    org,
    state: 'cancelled',
    public: { studentId: other, positionId: id, enterpriseOrg: other, kind: 'internship', startsOn: '2026-09-01', endsOn: '2027-02-28', cancelReason: 'illness' },
  },
};

export const aggregates = Object.keys(catalogue) as AggregateName[];

export function exampleEvent(aggregate: AggregateName, fact: string = catalogue[aggregate].facts[0]): Event {
  const data = examples[aggregate];
  return {
    id: '018f3a5e-0000-7000-8000-00000000e001',
    type: eventType(aggregate, fact),
    aggregate,
    fact,
    topic: topicOf(aggregate),
    key: data.id,
    sequence: 7,
    org: data.org,
    parties: [other],
    time: new Date('2026-09-01T01:02:03.004Z'),
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    data,
  };
}
