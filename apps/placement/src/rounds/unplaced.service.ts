// Students whom the newest run of a round left without a place: for the own college one by one, for the organiser how many.
import { Injectable } from '@nestjs/common';
import { BadCursor, TenantDatabase, type PageOf, type PagePart } from '@tandem/persistence';
import { isUuid, type placement } from '@tandem/contracts';
import type { Call } from '@tandem/service-kit';
import { shown, shownParts } from './figures.js';
import { RoundInputs } from './inputs.service.js';
import { refuse as refuseList } from './list.js';
import { refuse, type Round } from './round.js';
import { rounds, type RoundRow } from './round.entity.js';
import { RoundRunner } from './runner.service.js';
import { helpFor, noHelp, type Asked, type Help, type Unplaced } from './unplaced.js';

export type UnplacedHelp = Unplaced & Help;
export interface UnplacedAnswer {
  readonly page: PageOf<UnplacedHelp>;
  readonly counts: placement.UnplacedCounts;
}

const published = new Set(['published', 'settled']);
/** A result that the checker has rejected, or that is not there yet, counts for nothing. */
const counted = new Set([...published, 'matched', 'verified']);

@Injectable()
export class UnplacedService {
  constructor(
    private readonly database: TenantDatabase,
    private readonly inputs: RoundInputs,
    private readonly runner: RoundRunner,
  ) {}

  async unplaced(call: Call, roundId: string, request: PagePart): Promise<UnplacedAnswer> {
    const { org } = call.principal;
    const round = await this.visible(call, roundId);
    const takesPart = round.colleges.includes(org);
    if (takesPart && published.has(round.state)) return this.ofCollege(call, round, request);
    if (round.org !== org) throw takesPart ? refuse.not_published({ state: round.state }) : refuseList.not_in_round({ field: 'roundId' });
    if (!counted.has(round.state)) throw refuse.not_matched({ state: round.state });
    const everybody = countsOf(await this.left(round, null));
    return { page: { rows: [], hasNextPage: false, endCursor: null, totalCount: 0 }, counts: { students: shown(everybody.students), ...shownParts(everybody.reasons) } };
  }

  /** Of one college, those who have got a place by hand since, or have left, not among them. */
  async stillUnplaced(org: string, round: RoundRow): Promise<Unplaced[]> {
    const told = (await this.left(round, org)).map((one): Unplaced => (one.sealed ? { ...one, reason: 'not_told' } : one));
    const known = new Set(told.map(({ studentId }) => studentId));
    return this.database.withTenant({ org }, async (tx) => {
      const lost = (await tx.query<{ id: string }>(lostText, [org, round.id])).filter(({ id }) => !known.has(id)).map(({ id }): Unplaced => ({ studentId: id, reason: 'lost_place', sealed: true }));
      const all = [...told, ...lost].toSorted((one, other) => (one.studentId < other.studentId ? -1 : 1));
      const open = await tx.query<{ id: string }>(stillOpenText, [org, all.map(({ studentId }) => studentId), round.startsOn, round.endsOn]);
      const still = new Set(open.map(({ id }) => id));
      return all.filter(({ studentId }) => still.has(studentId));
    });
  }

  /** Own students, so that nothing is hidden: only what stands on a sealed list. A settled round has no refill that a change could help. */
  private async ofCollege({ principal: { org } }: Call, round: RoundRow, request: PagePart): Promise<UnplacedAnswer> {
    const still = await this.stillUnplaced(org, round);
    const { students, reasons } = countsOf(still);
    const page = partOf(still, request);
    const help = page.rows.length > 0 && round.state === 'published' ? await this.help(round, { unplaced: still, shown: page.rows }) : new Map<string, Help>();
    return { page: { ...page, rows: page.rows.map((one) => ({ ...one, ...(help.get(one.studentId) ?? noHelp) })) }, counts: { students, ...reasons } };
  }

  private async help({ org, id }: RoundRow, asked: Asked): Promise<Map<string, Help>> {
    const { round, market, marketBeside } = await this.inputs.read(org, id);
    const { standing, stayers } = await this.runner.standings(round, market);
    return helpFor(round, stayers.size > 0 ? marketBeside(stayers) : market, standing, asked);
  }

  /** As the round's runner, who sees ids: of each student the newest run that has something to say. */
  private left({ org, id }: RoundRow, college: string | null): Promise<Unplaced[]> {
    return this.database.withRound({ org }, id, (tx) => tx.query<Unplaced & object>(leftText, [id, college]));
  }

  private async visible({ principal }: Call, roundId: string): Promise<Round & RoundRow> {
    const [raw] = await this.database.withTenant(principal, (tx) => tx.query('select * from rounds where is_public and id = $1', [roundId]));
    if (!raw) throw refuse.no_such_round({ field: 'roundId' });
    return rounds.table.hydrate(raw);
  }
}

const leftText = `select s.student_id "studentId", s.reason, l.sealed from (
    select distinct on (student_id) student_id, position_id, reason from assignments where round_id = $1 and ($2::uuid is null or college_org = $2) order by student_id, run desc) s
  join preference_lists l on l.round_id = $1 and l.student_id = s.student_id and l.state = 'submitted' where s.position_id is null order by s.student_id`;

/** Whose offers are all answered with no, expired or taken back, or whose place was called off. */
const lostText = `select o.student_id id from offers o left join placements p on p.org = o.org and p.id = o.id where o.org = $1 and o.round_id = $2
  group by o.student_id having not bool_or(o.state in ('offered', 'waiting') or (o.state = 'accepted' and p.state is distinct from 'cancelled' and not (p.state = 'ended' and p.end_kind = 'left_early')))`;

const stillOpenText = `select s.id from known_students s where s.org = $1 and s.id = any($2::uuid[]) and s.state = 'enrolled'
  and not exists (select from placements p where p.org = s.org and p.student_id = s.id and p.state in ('confirmed', 'ready', 'started', 'paused') and daterange(p.starts_on, p.ends_on, '[]') && daterange($3, $4, '[]'))`;

interface Counts {
  readonly students: number;
  readonly reasons: { readonly noList: number; readonly noneAcceptable: number; readonly allFull: number; readonly lostPlace: number; readonly notTold: number };
}

function countsOf(unplaced: readonly Unplaced[]): Counts {
  const of = (reason: Unplaced['reason']): number => unplaced.filter((one) => one.reason === reason).length;
  return { students: unplaced.length, reasons: { noList: of('no_list'), noneAcceptable: of('none_acceptable'), allFull: of('all_full'), lostPlace: of('lost_place'), notTold: of('not_told') } };
}

/** They come ordered by id; the cursor is the last one's. */
function partOf(all: readonly Unplaced[], { first, after, skip, withTotal }: PagePart): PageOf<Unplaced> {
  const from = after === null ? '' : Buffer.from(after, 'base64url').toString('utf8');
  if (after !== null && !isUuid(from)) throw new BadCursor(after);
  const rest = all.filter(({ studentId }) => studentId > from).slice(skip);
  const rows = rest.slice(0, first);
  const last = rows.at(-1);
  return { rows, hasNextPage: rest.length > first, endCursor: last ? Buffer.from(last.studentId).toString('base64url') : null, totalCount: withTotal ? all.length : 0 };
}
