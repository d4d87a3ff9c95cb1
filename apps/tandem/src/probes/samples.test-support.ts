// Values for what stands beside a probed id, by name, so that a probe passes every check of form and is judged by whose row it names.
import { day } from './world.test-support.js';

interface Beside {
  readonly role: string;
  readonly onBehalfOf?: string;
  readonly version: number;
  readonly openPosition: string;
  readonly privatePosition?: string;
}

const texts: Readonly<Record<string, string | (() => string)>> = {
  idempotencyKey: () => crypto.randomUUID(),
  account: () => crypto.randomUUID(),
  studentId: () => crypto.randomUUID(),
  eventId: () => crypto.randomUUID(),
  title: '样例（虚构）', name: '样例（虚构）', code: 'PROBE-NEW', phone: '13955500199', text: '样例（虚构）',
  occupation: '9-01-01-01', industry: '9911', region: '990101', scopes: 'demand.position', majors: '990101', hazards: 'dust',
  // A cancellation's reason; a closing's and a suspension's are words.
  reason: 'mistake',
  kind: 'internship', view: 'own', list: 'occupations', decision: 'publish',
  service: 'demand', projection: 'known_codes',
  fromOn: day(0), startsOn: day(60), endsOn: day(120),
};
const numbers: Readonly<Record<string, number>> = { headcount: 5, weeklyHours: 40, payFen: 300_000, first: 100, skip: 0, days: 1, level: 1 };

export function sampleOf(name: string, type: string, { role, onBehalfOf, version, openPosition, privatePosition }: Beside): unknown {
  if (name === 'onBehalfOf') return onBehalfOf ?? null;
  if (name === 'position') return openPosition;
  if (type === 'ID') return privatePosition;
  if (name === 'role') return role;
  if (type === 'Boolean') return false;
  if (type === 'Int') return /version$/i.test(name) ? version : (numbers[name] ?? 1);
  const text = texts[name];
  if (text === undefined) throw new Error(`no sample for a ${type} called ${name}`);
  return typeof text === 'function' ? text() : text;
}
