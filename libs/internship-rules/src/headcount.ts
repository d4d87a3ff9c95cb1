// How many interns an enterprise may have at once: which caps hold somewhere on a day, and how many heads that is.
import { regionAndWider } from '@tandem/taxonomy';
import { rulePacks, type RulePack, type Share } from './packs.js';

/** Of the staff in the same kind of post, or of all on-post staff. */
export type HeadKind = 'post' | 'enterprise';

/** The cap that holds, and the pack that says so; null where no pack knows one. */
export interface Headcount {
  readonly post: (Share & { readonly pack: string }) | null;
  readonly enterprise: (Share & { readonly pack: string }) | null;
}

/** Where and when somebody works; both days inclusive. */
export interface Place {
  readonly region: string;
  readonly startsOn: string;
  readonly endsOn: string;
}

/** The caps of a region on a day. The narrower region's rule goes before the wider one's, and there the later before the earlier; each cap for itself. */
export function headcountRules(region: string, day: string, packs: readonly RulePack[] = rulePacks): Headcount {
  const regions = [...regionAndWider(region), null];
  const inForce = packs.filter((pack) => pack.fromOn <= day && regions.includes(pack.region)).toSorted((a, b) => regions.indexOf(a.region) - regions.indexOf(b.region) || (a.fromOn > b.fromOn ? -1 : 1));
  const first = (kind: HeadKind): Headcount[HeadKind] => {
    const pack = inForce.find(({ headcount }) => headcount[kind] !== undefined);
    const share = pack?.headcount[kind];
    return pack && share ? { ...share, pack: pack.id } : null;
  };
  return { post: first('post'), enterprise: first('enterprise') };
}

/** The packs that can count in a period, as they stand in a rule sheet. */
export function packsUntil(endsOn: string, packs: readonly RulePack[] = rulePacks): RulePack[] {
  return packs.filter(({ fromOn }) => fromOn <= endsOn);
}

/** In whole numbers all the way: 20 % of 5 is 1, never 0.999. Throws for what is no number of people. */
export function headsOf({ percent, rounding }: Share, staff: number): number {
  if (!Number.isSafeInteger(staff) || staff < 0 || !Number.isSafeInteger(percent * staff)) throw new RangeError(`${staff} is no number of staff`);
  const left = (percent * staff) % 100;
  const down = (percent * staff - left) / 100;
  return rounding === 'up' && left > 0 ? down + 1 : down;
}

/** So many at once on every day of the period: where a rule changes on the way, the stricter one. Null where no cap is known on any day of it. */
export function headsAllowed(kind: HeadKind, { region, startsOn, endsOn }: Place, staff: number, packs: readonly RulePack[] = rulePacks): number | null {
  const days = [startsOn, ...packs.map(({ fromOn }) => fromOn).filter((day) => startsOn < day && day <= endsOn)];
  const allowed = days.flatMap((day) => headcountRules(region, day, packs)[kind] ?? []).map((share) => headsOf(share, staff));
  return allowed.length === 0 ? null : Math.min(...allowed);
}
