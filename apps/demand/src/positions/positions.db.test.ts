import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusalOf } from '@tandem/service-kit';
import { someone, until } from '@tandem/test-kit';
import { v7 as uuidv7 } from 'uuid';
import { cancelled, confirmed, demandWorld, someTerms, type DemandWorld } from '../test-support.js';

let world: DemandWorld;
beforeAll(async () => {
  world = await demandWorld();
});
afterAll(() => world.stop());

const refused = (promise: Promise<unknown>) => promise.then(() => null, (error: unknown) => refusalOf(error));

describe('a position and its seats', () => {
  it('fills the last seat once, however often the event comes', async () => {
    const position = await world.aPublished({ headcount: 1 });
    const event = confirmed(position);
    await world.deliver(event);
    await world.deliver(event);
    expect(await world.read(position.id)).toMatchObject({ filled: 1, state: 'closed', closeReason: 'filled' });
  });

  it('counts the same when every event is delivered a second time', async () => {
    const position = await world.aPublished({ headcount: 5 });
    await world.deliver(confirmed(position), confirmed(position), confirmed(position));
    await deliverAllAgain(world);
    expect(await world.read(position.id)).toMatchObject({ filled: 3, state: 'published' });
    expect((await world.kit.service.operations.parked(10)).parked).toEqual([]);
  });

  it('opens again when a placement is cancelled', async () => {
    const position = await world.aPublished({ headcount: 1 });
    const [placement, college] = [uuidv7(), uuidv7()];
    await world.deliver(confirmed(position, { placement, college }), cancelled(position, { placement, college }));
    expect(await world.read(position.id)).toMatchObject({ filled: 0, state: 'published', closeReason: '' });
  });

  it('counts live placements also while it is withdrawn, and stays closed', async () => {
    const position = await world.aPublished({ headcount: 1 });
    await world.positions.closePosition(world.kit.call(world.enterprise), { id: position.id, version: position.version, reason: '停招' });
    await world.deliver(confirmed(position));
    expect(await world.read(position.id)).toMatchObject({ filled: 1, state: 'closed', closeReason: 'withdrawn' });
  });

  it('shows a headcount below what is filled as overfilled and cancels nobody', async () => {
    const position = await world.aPublished({ headcount: 3 });
    await world.deliver(confirmed(position), confirmed(position));
    const { version = 0 } = (await world.read(position.id)) ?? {};
    await world.positions.resizePosition(world.kit.call(world.enterprise), { id: position.id, version, headcount: 1 });
    expect(await world.read(position.id)).toMatchObject({ filled: 2, terms: { headcount: 1 }, state: 'closed', closeReason: 'filled' });
  });

  it('holds a cancellation that overtakes its confirmation', async () => {
    const position = await world.aPublished({ headcount: 1 });
    const [placement, college] = [uuidv7(), uuidv7()];
    await world.deliver(confirmed(position, { placement, college }));
    await world.deliver(cancelled(position, { placement, college, sequence: 3 }));
    expect(await world.read(position.id)).toMatchObject({ filled: 1 });
    await world.deliver(confirmed(position, { placement, college, sequence: 2 }));
    // The second confirmation counts, then the held cancellation.
    await until(async () => (await world.read(position.id))?.filled === 1, { what: 'the held event to run' });
    expect((await world.kit.service.operations.consumerStates()).consumers.map(({ held }) => held)).toEqual(expect.arrayContaining([0]));
  });
});

describe('review', () => {
  it('returns a position with field and reason, and publishes it when it is mended', async () => {
    const submitted = await world.aSubmitted();
    const decision = { positionId: submitted.id, positionVersion: submitted.version, decision: 'return', field: 'payFen', reason: 'pay_too_low', text: '低于底线' };
    await world.reviews.decideReview(world.kit.call(world.bureau), decision);
    const returned = await until(async () => ((await world.read(submitted.id))?.state === 'returned' ? world.read(submitted.id) : null), { what: 'the return' });
    expect(returned).toMatchObject({ returnedField: 'payFen', returnedReason: 'pay_too_low' });
    const { reviews } = await world.reviews.batchGetReviews(world.kit.call(world.enterprise), { ids: [returned?.reviewId ?? ''] });
    expect(reviews[0]).toMatchObject({ text: '低于底线' });
  });

  it('decides once', async () => {
    const { id, version } = await world.aSubmitted();
    const decision = { positionId: id, positionVersion: version, decision: 'publish', field: '', reason: '', text: '' };
    await world.reviews.decideReview(world.kit.call(world.bureau), decision);
    const second = await refused(world.reviews.decideReview(world.kit.call(world.bureau), decision));
    expect(['review.already_decided', 'review.not_submitted']).toContain(second?.code);
  });

  it('is for the bureau of the region alone', async () => {
    const { id, version } = await world.aSubmitted();
    const decision = { positionId: id, positionVersion: version, decision: 'publish', field: '', reason: '', text: '' };
    expect(await refused(world.reviews.decideReview(world.kit.call(someone('bureau_officer')), decision))).toMatchObject({ code: 'review.not_submitted' });
    expect(await world.read(id)).toMatchObject({ state: 'submitted' });
  });

  it('decides many, each for itself', async () => {
    const [one, two] = [await world.aSubmitted(), await world.aSubmitted()];
    const decisions = [one, two, { id: uuidv7(), version: 1 }].map(({ id, version }) => ({ positionId: id, positionVersion: version, decision: 'publish', field: '', reason: '', text: '' }));
    const { outcomes } = await world.reviews.decideReviews(world.kit.call(world.bureau), { decisions, atomic: false });
    expect(outcomes.map(({ done, refused: no }) => (done ? 'done' : no?.code))).toEqual(['done', 'done', 'review.not_submitted']);
  });
});

describe('what a position may name', () => {
  it.each([
    ['occupation', { occupation: '9-99-99-99' }, 'position.unknown_occupation'],
    ['occupation', { occupation: '9-01' }, 'position.occupation_not_lowest'],
    ['industry', { industry: '0000' }, 'position.unknown_industry'],
    ['region', { region: '990199' }, 'position.unknown_region'],
    ['majors', { majors: ['990199'] }, 'position.unknown_major'],
    ['endsOn', { endsOn: '2027-02-01' }, 'position.wrong_period'],
  ])('%s of %j is refused as %s', async (field, terms, code) => {
    const refusal = await refused(world.positions.draftPosition(world.kit.call(world.enterprise), { terms: { ...someTerms(), ...terms } }));
    expect(refusal).toMatchObject({ code, details: { field } });
  });
});

describe('a list', () => {
  it('goes on from its cursor, and refuses one of another order or none of its own', async () => {
    await Promise.all(Array.from({ length: 5 }, () => world.aDraft()));
    const page = (after: string, orderBy = 'pay') => world.positions.listPositions(world.kit.call(world.enterprise), { ...list(), page: { first: 2, after, skip: 0, withTotal: true }, orderBy });
    const first = await page('');
    const next = await page(first.pageInfo?.endCursor ?? '');
    expect(next.positions.map(({ id }) => id)).not.toEqual(expect.arrayContaining(first.positions.map(({ id }) => id)));
    for (const after of [first.pageInfo?.endCursor ?? '', 'nonsense']) expect(await refused(page(after, 'starts_on'))).toMatchObject({ code: 'input.cursor' });
  });

  it('is of an enterprise: a park without a delegation drafts nothing', async () => {
    expect(await refused(world.positions.draftPosition(world.kit.call(someone('park_operator')), { terms: someTerms() }))).toMatchObject({ code: 'position.not_an_enterprise' });
  });
});

describe('the write path', () => {
  it('does a command once under one key, 50 times at once', async () => {
    const call = world.kit.call(world.enterprise, { key: uuidv7() });
    const before = (await world.positions.listPositions(call, list())).pageInfo?.totalCount ?? 0;
    const answers = await Promise.all(Array.from({ length: 50 }, () => world.positions.draftPosition(call, { terms: someTerms() })));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect((await world.positions.listPositions(call, list())).pageInfo?.totalCount).toBe(before + 1);
  });

  it('refuses the same key with another body', async () => {
    const call = world.kit.call(world.enterprise, { key: uuidv7() });
    await world.positions.draftPosition(call, { terms: someTerms() });
    expect(await refused(world.positions.draftPosition(call, { terms: { ...someTerms(), headcount: 9 } }))).toMatchObject({ code: 'idempotency.other_body', kind: 'already_exists' });
  });

  it('answers a stale version with the version that is there, and changes nothing', async () => {
    const position = await world.aPublished();
    const resize = (headcount: number) => world.positions.resizePosition(world.kit.call(world.enterprise), { id: position.id, version: position.version, headcount });
    const outcomes = await Promise.allSettled([resize(5), resize(6), resize(7)]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await refused(resize(8))).toMatchObject({ code: 'command.stale_version', kind: 'aborted', details: { version: position.version + 1 } });
  });

  it('refuses all of an atomic batch for one item, and only that item otherwise', async () => {
    const good = someTerms();
    const bad = { ...someTerms(), occupation: 'none' };
    expect(await refused(world.positions.draftPositions(world.kit.call(world.enterprise), { terms: [good, bad], atomic: true }))).toMatchObject({ code: 'position.unknown_occupation' });
    const { outcomes } = await world.positions.draftPositions(world.kit.call(world.enterprise), { terms: [good, bad, good], atomic: false });
    expect(outcomes.map(({ done }) => done !== undefined)).toEqual([true, false, true]);
  });

  it('leaves one audit row and one event for each item of a batch, and neither for a refused one', async () => {
    const key = uuidv7();
    const { outcomes } = await world.positions.draftPositions(world.kit.call(world.enterprise, { key }), { terms: Array.from({ length: 200 }, someTerms), atomic: true });
    const ids = outcomes.map(({ done }) => done?.id ?? '');
    await world.kit.settle();
    const { rows } = await world.kit.database.admin.query('select count(*)::int n from audit where aggregate_id = any($1::uuid[])', [ids]);
    expect(rows[0]).toEqual({ n: 200 });
  });
});

/** As after a crash between effect and position, for every consumer at once. */
async function deliverAllAgain({ kit }: DemandWorld): Promise<void> {
  await kit.database.admin.query('update positions_of_consumers set position = 0');
  for (const consumer of kit.service.consumers) consumer.seek();
  await kit.settle();
}

function list() {
  return { page: { first: 1, after: '', skip: 0, withTotal: true }, view: 'own', state: '', kind: '', region: '', occupation: '', search: '', orderBy: '', descending: false };
}
