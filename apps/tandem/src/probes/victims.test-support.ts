// What is private to the victims, read below every policy.
import { sample } from '../sample/region.js';
import { kindsOf, type Kind } from './kinds.test-support.js';
import { inner } from './values.test-support.js';
import { importId, pending, secrets, type Database, type ProbeWorld } from './world.test-support.js';

/** A row of a victim: its id in the form that a service takes, and the type that a global id would name. */
export interface Victim {
  readonly kind: Kind;
  readonly type: string;
  readonly id: string;
  readonly version: number;
}

export interface Victims {
  readonly all: readonly Victim[];
  /** Values of which no stranger may see any: ids in both forms, names, numbers, titles, words. */
  readonly secrets: readonly string[];
  /** Their organisations. */
  readonly orgs: readonly string[];
}

/** Where each kind's rows are, read of the victims' organisations. */
const sources: readonly (readonly [kind: Kind, type: string, database: Database, query: string])[] = [
  ['organisation', 'Organisation', 'tandem_identity', `select id, version from organisations where not is_public and id <> all($1::uuid[])`],
  ['membership', 'Membership', 'tandem_identity', 'select id, version from memberships where org = any($1::uuid[])'],
  ['account', '', 'tandem_identity', 'select account as id, 1 as version from memberships where org = any($1::uuid[])'],
  ['delegation', 'Delegation', 'tandem_identity', 'select id, version from delegations where org = any($1::uuid[])'],
  ['position', 'Position', 'tandem_demand', 'select id, version from positions where org = any($1::uuid[]) and not is_public order by row_number() over (partition by state), state'],
  ['public position', 'Position', 'tandem_demand', 'select id, version from positions where org = any($1::uuid[]) and is_public'],
  ['review', 'Review', 'tandem_demand', 'select id, version from reviews where org = any($1::uuid[])'],
  ['headcount', 'HeadcountStatement', 'tandem_demand', 'select id, version from headcount_statements where org = any($1::uuid[])'],
  ['placement', 'Placement', 'tandem_placement', 'select id, version from placements where org = any($1::uuid[]) order by row_number() over (partition by state), state'],
  ['placed student', '', 'tandem_placement', `select student_id as id, 1 as version from placements where org = any($1::uuid[]) and state = 'confirmed'`],
  ['free student', '', 'tandem_placement', `select student_id as id, 1 as version from placements where org = any($1::uuid[]) and state = 'cancelled'`],
  ['job', '', 'tandem_demand', 'select id, 1 as version from jobs where org = any($1::uuid[])'],
  ['job', '', 'tandem_placement', 'select id, 1 as version from jobs where org = any($1::uuid[])'],
  ['event', '', 'tandem_log', `select event_id as id, 1 as version from entries where headers->>'ce_org' = any($1::text[]) limit 2`],
  ['program', 'Program', 'tandem_programs', 'select id, version from programs where org = any($1::uuid[]) and not is_public'],
  ['public program', 'Program', 'tandem_programs', 'select id, version from programs where org = any($1::uuid[]) and is_public'],
  ['cohort', 'Cohort', 'tandem_programs', 'select id, version from cohorts where org = any($1::uuid[])'],
  ['class', 'Class', 'tandem_programs', 'select id, version from classes where org = any($1::uuid[])'],
  ['student', 'Student', 'tandem_programs', 'select id, version from students where org = any($1::uuid[]) order by row_number() over (partition by state), state'],
  ['round', 'Round', 'tandem_placement', 'select id, version from rounds where org = any($1::uuid[]) and not is_public'],
  ['public round', 'Round', 'tandem_placement', 'select id, version from rounds where org = any($1::uuid[]) and is_public'],
  ['public entry', 'Entry', 'tandem_placement', 'select id, version from entries where org = any($1::uuid[])'],
  ['list', 'PreferenceList', 'tandem_placement', 'select id, version from preference_lists where org = any($1::uuid[])'],
  ['offer', 'Offer', 'tandem_placement', 'select id, version from offers where org = any($1::uuid[]) order by row_number() over (partition by state), state'],
  ['appeal', 'Appeal', 'tandem_placement', 'select id, version from appeals where org = any($1::uuid[])'],
  ['internship', 'Internship', 'tandem_outcomes', 'select id, version from internships where org = any($1::uuid[])'],
  ['assessment', 'Assessment', 'tandem_outcomes', 'select id, version from assessments where org = any($1::uuid[])'],
  ['destination', 'Destination', 'tandem_outcomes', 'select id, version from destinations where org = any($1::uuid[]) order by row_number() over (partition by state), state'],
  ['retention check', 'RetentionCheck', 'tandem_outcomes', 'select id, version from retention_checks where org = any($1::uuid[])'],
];

export async function victimsOf({ eyes, ids }: ProbeWorld): Promise<Victims> {
  const orgs = [sample.electronics, sample.collegeOne, sample.park, sample.bureau].map(({ code }) => inner(ids.get(code) ?? ''));
  const read = sources.map(async ([kind, type, database, query]) => (await eyes[database].query<{ id: string; version: number }>(query, [orgs])).rows.map((row): Victim => ({ ...row, kind, type })));
  const named: Victim[] = [
    { kind: 'import', type: '', id: importId, version: 1 },
    { kind: 'import to join', type: '', id: importId, version: 1 },
    { kind: 'employer', type: 'Organisation', id: inner(ids.get(pending.code) ?? ''), version: 1 },
  ];
  const all = [...(await Promise.all(read)).flat(), ...named];
  const hidden = all.filter(({ kind }) => !kind.startsWith('public '));
  return { all, orgs, secrets: [...Object.values(secrets), pending.name, pending.code, ...hidden.flatMap(formsOf)] };
}

/** How an id may show: as it is, and as a global id. */
export function formsOf({ type, id }: Pick<Victim, 'type' | 'id'>): string[] {
  return type === '' ? [id] : [id, globalOf(type, id)];
}

export function globalOf(type: string, id: string): string {
  return Buffer.from(`${type}:${id}`).toString('base64url');
}

/** Only what `wanted` lets through. A student is free for one placement, so each place has one of its own. */
export function victimsFor(victims: Victims, place: string, wanted: (kind: Kind) => boolean): Victim[] {
  const kinds = kindsOf(place);
  if (!kinds) throw new Error(`${place} takes an id, and no victim's id is named for it: add it to kindsOf`);
  const asked = kinds.filter(wanted);
  if (asked.includes('free student')) return [nextStudent(victims)];
  // Of many of a kind a few, among them several states; where many kinds are tried at a command, one of each.
  const few = place.startsWith('Query.') || kinds.length <= 2 ? 3 : 1;
  const found = asked.flatMap((asking) => victims.all.filter(({ kind }) => kind === asking).slice(0, few));
  if (asked.length > 0 && found.length === 0) throw new Error(`no victim for ${place}`);
  return found;
}

const used = new Set<string>();

function nextStudent({ all }: Victims): Victim {
  const next = all.find(({ kind, id }) => kind === 'free student' && !used.has(id));
  if (!next) throw new Error('more places take a student than the victims have free ones');
  used.add(next.id);
  return next;
}
