// The ledger of heads against a database: what the caps leave, day by day, whoever asks, and however many ask at once.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Principal } from '@tandem/contracts';
import { TenantDatabase, type Tx } from '@tandem/persistence';
import { refusalOf } from '@tandem/service-kit';
import { someone } from '@tandem/test-kit';
import { v7 as uuidv7 } from 'uuid';
import { placementWorld, wish, type PlacementWorld } from '../test-support.js';

let world: PlacementWorld;
beforeAll(async () => {
  world = await placementWorld();
});
afterAll(() => world.stop());

// Where the national pack alone holds: a fifth of a kind of post, a tenth of all.
const region = '330106';
const [assembler, tester] = ['9-01-01-01', '9-01-01-02'];
const codeOf = (promise: Promise<unknown>) => promise.then(() => 'done', (error: unknown) => refusalOf(error)?.code);
const period = (startsOn: string, endsOn: string) => ({ startsOn, endsOn });
type Days = ReturnType<typeof period>;

async function anEnterprise(staff: { post?: number; all?: number }): Promise<{ id: string; enterprise: string }> {
  const position = await world.aPosition(200, { region, startsOn: '2026-01-01', endsOn: '2027-12-31' });
  if (staff.post !== undefined) await world.states(position.enterprise, staff.post, assembler);
  if (staff.all !== undefined) await world.states(position.enterprise, staff.all);
  return position;
}
const place = (position: { id: string }, days: Days = period('2027-03-01', '2027-08-31'), college: Principal = world.college) => codeOf(world.placements.confirmPlacement(world.kit.call(college), wish(position.id, days)));
/** Of the given number how many found a head. */
async function placed(position: { id: string }, many: number, days?: Days): Promise<number> {
  const codes: (string | undefined)[] = [];
  for (let n = 0; n < many; n += 1) codes.push(await place(position, days));
  expect(codes.filter((code) => code !== 'done' && code !== 'placement.no_head')).toEqual([]);
  return codes.filter((code) => code === 'done').length;
}
async function aPlacement(position: { id: string }, days: Days): Promise<string> {
  return (await world.placements.confirmPlacement(world.kit.call(world.college), wish(position.id, days))).id;
}
const cancel = (id: string, version = 1) => world.placements.cancelPlacement(world.kit.call(world.college), { id, version, reason: 'illness' });

describe('a placement by hand', () => {
  it('takes a head of its kind of post, whichever college asks; the next is refused and leaves its seat to others', async () => {
    const position = await anEnterprise({ post: 14 });
    expect([await place(position), await place(position, undefined, world.other), await place(position, undefined, world.other)]).toEqual(['done', 'done', 'placement.no_head']);
    const { rows } = await world.kit.database.admin.query('select 1 from seats where lane = $1', [position.id]);
    expect(rows).toHaveLength(2);
  });

  it('takes a head of the whole enterprise too, over all its kinds of post', async () => {
    const position = await anEnterprise({ post: 100, all: 30 });
    const other = await world.aPosition(50, { region, enterprise: position.enterprise, occupation: tester });
    expect([await placed(position, 2), await placed(other, 3)]).toEqual([2, 1]);
  });

  it('is not limited where the enterprise has stated no staff, and counts when it does', async () => {
    const position = await anEnterprise({});
    expect(await placed(position, 4)).toBe(4);
    await world.states(position.enterprise, 25, assembler);
    expect(await placed(position, 3)).toBe(1);
  });

  it('counts by the newest statement', async () => {
    const position = await anEnterprise({ post: 5 });
    await world.states(position.enterprise, 15, assembler);
    expect(await placed(position, 5)).toBe(3);
  });

  it('of a region with a stricter rule is held to that', async () => {
    const position = await world.aPosition(50, { region: '990101' });
    await world.states(position.enterprise, 20, assembler);
    expect(await placed(position, 5)).toBe(3);
  });

  it('that is a job and no internship takes none', async () => {
    const position = await world.aPosition(5, { region, kind: 'job' });
    await world.states(position.enterprise, 0);
    expect(await place(position)).toBe('done');
  });

  it('finds as many in a batch as there are, the first ones', async () => {
    const position = await anEnterprise({ post: 10 });
    const { outcomes } = await world.placements.confirmPlacements(world.kit.call(world.college), { placements: Array.from({ length: 4 }, () => wish(position.id)), atomic: false });
    expect(outcomes.map(({ refused }) => refused?.code ?? 'done')).toEqual(['done', 'done', 'placement.no_head', 'placement.no_head']);
  });
});

describe('a head', () => {
  it('is given back by a placement that is cancelled', async () => {
    const position = await anEnterprise({ post: 5 });
    const id = await aPlacement(position, period('2027-03-01', '2027-08-31'));
    expect(await place(position)).toBe('placement.no_head');
    await cancel(id);
    expect(await place(position)).toBe('done');
  });

  it.each([['left_early', 'pay'], ['completed', ''], ['converted_to_job', '']])('is free from the day after a placement has ended: %s', async (kind, reason) => {
    const position = await anEnterprise({ post: 5 });
    const call = () => world.kit.call(world.college);
    const id = await aPlacement(position, period('2026-03-01', '2027-08-31'));
    const gates = ['agreement', 'student_consent', 'guardian_consent', 'insurance', 'safety_training', 'no_blocking_finding'].map((gate) => ({ gate, evidence: '样例卷宗（虚构）' }));
    await world.placements.recordGates(call(), { placements: [{ id, version: 1, gates }], atomic: true });
    await world.placements.readyPlacements(call(), { targets: [{ id, version: 2 }], atomic: true });
    await world.placements.startPlacements(call(), { targets: [{ id, version: 3 }], atomic: true });
    const { rows } = await world.kit.database.admin.query<{ on: string }>('select started_on::text "on" from placements where id = $1', [id]);
    const last = rows[0]?.on ?? '';
    const next = new Date(Date.parse(last) + 86_400_000).toISOString().slice(0, 10);
    await world.placements.endPlacements(call(), { placements: [{ id, version: 4, kind, reason, endedOn: last }], atomic: true });
    expect([await place(position, period(last, '2027-08-31')), await place(position, period(next, '2027-08-31'))]).toEqual(['placement.no_head', 'done']);
  });
});

describe('a head, day by day,', () => {
  it('serves two who follow each other', async () => {
    const position = await anEnterprise({ post: 5 });
    expect(await placed(position, 1, period('2027-01-01', '2027-06-30'))).toBe(1);
    expect([await place(position, period('2027-06-30', '2027-12-31')), await place(position, period('2027-07-01', '2027-12-31'))]).toEqual(['placement.no_head', 'done']);
  });

  it('is found wherever each day has one left, although no number is free for the whole time', async () => {
    const position = await anEnterprise({ post: 10 });
    const [spring, autumn] = [period('2027-01-01', '2027-06-30'), period('2027-07-01', '2027-12-31')];
    await aPlacement(position, spring);
    const second = await aPlacement(position, spring);
    const third = await aPlacement(position, autumn);
    await aPlacement(position, autumn);
    await cancel(second);
    await cancel(third);
    const whole = period('2027-01-01', '2027-12-31');
    expect([await place(position, whole), await place(position, spring), await place(position, autumn)]).toEqual(['done', 'placement.no_head', 'placement.no_head']);
  });

  it('beyond a cap that fell takes none of those below it, and none is cancelled', async () => {
    const position = await anEnterprise({ post: 15 });
    const days = period('2027-03-01', '2027-08-31');
    const [first, second] = [await aPlacement(position, days), await aPlacement(position, days), await aPlacement(position, days)];
    await world.states(position.enterprise, 10, assembler);
    await cancel(first ?? '');
    expect(await place(position)).toBe('placement.no_head');
    await cancel(second ?? '');
    expect([await place(position), await place(position)]).toEqual(['done', 'placement.no_head']);
  });

  it('is seen by nobody but its college and the enterprise', async () => {
    const position = await anEnterprise({ post: 50 });
    await place(position);
    const process = aProcess();
    const seenBy = (org: string): Promise<number> => process.withTenant({ org }, async (tx) => (await tx.query('select 1 from heads where enterprise_org = $1', [position.enterprise])).length);
    expect([await seenBy(world.college.org), await seenBy(position.enterprise), await seenBy(world.other.org), await seenBy(uuidv7())]).toEqual([2, 2, 0, 0]);
  });
});

/** Of the database it is another process: connections of its own. */
const processes: TenantDatabase[] = [];
afterAll(() => Promise.all(processes.map((process) => process.close())));
function aProcess(): TenantDatabase {
  const process = new TenantDatabase(world.kit.access);
  processes.push(process);
  return process;
}

const holding = `select enterprise from hold_heads($1, '9-01-01-01', '2027-03-01', '2027-08-31', null, $2, 1, $3, null, true)`;

describe('many at once', () => {
  it('from ten colleges never exceed the cap, and none is refused while a head is left', async () => {
    const position = await anEnterprise({ post: 35 });
    const colleges = Array.from({ length: 10 }, () => someone('college_office'));
    const codes = await Promise.all(colleges.flatMap((college) => Array.from({ length: 4 }, () => place(position, undefined, college))));
    expect([codes.filter((code) => code === 'done').length, codes.filter((code) => code === 'placement.no_head').length]).toEqual([7, 33]);
  });

  it('in batches over the same enterprises in another order wait for each other, and end', async () => {
    const [one, two, three] = [await anEnterprise({ post: 50 }), await anEnterprise({ post: 50 }), await anEnterprise({ post: 50 })] as const;
    const batch = (positions: readonly { id: string }[], college: Principal) =>
      world.placements.confirmPlacements(world.kit.call(college), { placements: positions.flatMap(({ id }) => Array.from({ length: 4 }, () => wish(id))), atomic: false });
    const orders = [[one, two, three], [three, two, one], [two, three, one], [three, one, two]];
    const answers = await Promise.all(orders.map((positions) => batch(positions, someone('college_office'))));
    const codes = answers.flatMap(({ outcomes }) => outcomes.map(({ refused }) => refused?.code ?? 'done'));
    expect([codes.filter((code) => code === 'done').length, codes.filter((code) => code === 'placement.no_head').length]).toEqual([30, 18]);
  });

  it('of two processes the second waits for the first, and counts what it took', async () => {
    const enterprise = uuidv7();
    const take = (tx: Tx, people: number) => tx.query<{ enterprise: number }>(holding, [enterprise, Array.from({ length: people }, () => uuidv7()), 5]).then(([row]) => row?.enterprise);
    let second: Promise<number | undefined> = Promise.resolve(undefined);
    const first = await aProcess().withTenant({ org: uuidv7() }, async (tx) => {
      const got = await take(tx, 3);
      // Begun while the first has not committed.
      second = aProcess().withTenant({ org: uuidv7() }, (other) => take(other, 4));
      return got;
    });
    expect([first, await second]).toEqual([3, 2]);
  });

  it('who goes past the lock is stopped by the key, and who goes past the cap by the check', async () => {
    const enterprise = uuidv7();
    const process = aProcess();
    const text = `insert into heads (holder, post, starts_on, first_head, last_head, ends_on, org, enterprise_org, allowed) values ($1, '', '2027-03-01', $2, $3, '2027-08-31', $4, $5, $6)`;
    const insert = (first: number, last: number, allowed: number): Promise<string | undefined> => {
      const org = uuidv7();
      const done = process.withTenant({ org }, (tx) => tx.query(text, [uuidv7(), first, last, org, enterprise, allowed]));
      return done.then(() => undefined, (error: { constraint?: string }) => error.constraint);
    };
    expect([await insert(1, 2, 3), await insert(2, 3, 3), await insert(3, 3, 3), await insert(4, 4, 3)]).toEqual([undefined, 'heads_promised_once', undefined, 'heads_within_cap']);
  });
});
