// Some enterprises state how many people they have. Two have fewer than their seats would need, so that the cap on interns binds: one by all its staff, one by a kind of post. Most state nothing, as it is at first.
import { groupBy } from '@tandem/service-kit';
import { sample } from '../sample/region.js';
import type { Session } from '../commands/client.js';
import type { Need } from './demand.js';
import { documents } from './documents.js';
import type { Stage } from './stage.js';

const evidence = '样例社保名册（虚构）';
/** The sample province's rules: of all staff, and of a kind of post. */
const PERCENT = { enterprise: 10, post: 15 };
/** Of the seats that they offer. */
const SCARCE = 0.6;

export async function stateHeadcounts(stage: Stage, needs: readonly Need[]): Promise<void> {
  const [first, , third, ...others] = [...groupBy(needs, ({ enterprise }) => enterprise.code).values()];
  const byPark = others.findLast((own) => own[0]?.onBehalfOf);
  const stated = [
    ...(first ? [await state(stage, first, 'enterprise', SCARCE)] : []),
    ...(third ? [await state(stage, third, 'post', SCARCE)] : []),
    ...(byPark ? [await state(stage, byPark, 'enterprise', 2)] : []),
  ];
  stage.told('staff stated', `${stated.reduce((sum, n) => sum + n, 0)} statements of ${stated.length} enterprises, 2 of them with too few people for their seats`);
}

/** As many people as leave heads for so many of their seats, beside all who are there or promised already. */
async function state(stage: Stage, own: readonly Need[], of: 'enterprise' | 'post', share: number): Promise<number> {
  const [need] = own;
  if (!need) return 0;
  const hr = await stage.as('enterprise_hr', need.enterprise);
  const staffFor = (seats: number, there: number): number => Math.ceil(((Math.max(1, Math.floor(seats * share)) + there) * 100) / PERCENT[of]);
  const there = await inPlace(stage, hr);
  const statement = { countedOn: stage.day(0), evidence };
  const statements =
    of === 'enterprise'
      ? [{ ...statement, staff: staffFor(seatsOf(own), there) }]
      : [...groupBy(own, ({ occupation }) => occupation)].map(([occupation, some]) => ({ ...statement, occupation, staff: staffFor(seatsOf(some), there) }));
  const session = need.onBehalfOf ? await stage.as('park_operator', sample.park) : hr;
  const { done } = await stage.bulk(session, documents.stateHeadcounts, 'statements', statements, need.onBehalfOf ? { onBehalfOf: need.onBehalfOf } : {});
  return done.filter((target) => target !== null).length;
}

async function inPlace(stage: Stage, hr: Session): Promise<number> {
  const entries = await stage.all<{ seats: number }>(hr, documents.entries, { view: 'own', filter: { state: 'entered' } });
  const placements = await stage.all<{ state: string }>(hr, documents.placements, { view: 'party' });
  return seatsOf(entries) + placements.filter(({ state: of }) => of !== 'cancelled' && of !== 'ended').length;
}

function seatsOf(needs: readonly { readonly seats: number }[]): number {
  return needs.reduce((sum, { seats }) => sum + seats, 0);
}
