// The market in which those without a place list every position that accepts them, behind their own wishes.
import type { Applicant, Priorities } from '../instance/instance.js';
import { marketOf, type Market } from '../instance/market.js';
import { Marks } from '../instance/numbers.js';

export interface Longer {
  readonly longer: Market;
  /** Applicants whose list is longer, and how many wishes were their own. */
  readonly asking: readonly { readonly a: number; readonly listed: number }[];
}

/** A market of a few million wishes is read at a time: some thousand without a place and some thousand positions would not fit. */
const MAX_ADDED_WISHES = 2_000_000;

export function* withAllPositions(market: Market, unplaced: readonly number[]): Generator<Longer> {
  const { instance } = market;
  const others = acceptingOthers(market, unplaced);
  let asking: Longer['asking'][number][] = [];
  let added = 0;
  for (const [n, a] of unplaced.entries()) {
    const more = others.get(a)!;
    if (more.length > 0) asking.push({ a, listed: instance.applicants[a]!.preferences.length });
    added += more.length;
    if (asking.length === 0 || (added < MAX_ADDED_WISHES && n + 1 < unplaced.length)) continue;
    yield { longer: lengthened(market, asking, others), asking };
    [asking, added] = [[], 0];
  }
}

function lengthened({ instance, positions, lottery }: Market, asking: Longer['asking'], others: ReadonlyMap<number, readonly number[]>): Market {
  const applicants: Applicant[] = [...instance.applicants];
  for (const { a } of asking) applicants[a] = { ...applicants[a]!, preferences: [...applicants[a]!.preferences, ...others.get(a)!.map((p) => positions[p]!)] };
  return marketOf({ ...instance, applicants }, lottery);
}

/** By applicant the positions that accept and are not listed, as they come in the instance. */
function acceptingOthers(market: Market, unplaced: readonly number[]): Map<number, number[]> {
  const { instance, forest, positions, applicants } = market;
  const others = new Map<number, number[]>(unplaced.map((a) => [a, []]));
  const listedBy = listing(market, unplaced);
  const inList = new Map<Priorities, number[]>();
  const marks = new Marks(applicants.length);
  for (let p = 0; p < positions.length; p += 1) {
    const source = forest.sources[p]!;
    if (source.from === 'nowhere') continue;
    const accepted = source.from === 'scores' ? among(market, others, Object.keys(instance.positions[p]!.scores!)) : (inList.get(source.list) ?? among(market, others, source.list.flat()));
    if (source.from !== 'scores') inList.set(source.list, accepted);
    marks.begin();
    for (const a of listedBy[p]!) marks.add(a);
    for (const a of accepted) if (!marks.has(a)) others.get(a)!.push(p);
  }
  return others;
}

/** By position those of them who list it. */
function listing({ positions, wishStart, wishPosition }: Market, unplaced: readonly number[]): number[][] {
  const listedBy: number[][] = positions.map(() => []);
  for (const a of unplaced) for (let w = wishStart[a]!; w < wishStart[a + 1]!; w += 1) listedBy[wishPosition[w]!]!.push(a);
  return listedBy;
}

function among({ applicantAt }: Market, wanted: ReadonlyMap<number, unknown>, ids: readonly string[]): number[] {
  return ids.map((id) => applicantAt.get(id)!).filter((a) => wanted.has(a));
}
