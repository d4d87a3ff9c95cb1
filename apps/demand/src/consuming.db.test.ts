// What consumers do with events that are late, early, twice, foreign or broken.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusalOf } from '@tandem/service-kit';
import { actingFor, eventOf, someone, until } from '@tandem/test-kit';
import type { LogEvent } from '@tandem/event-log';
import { v4 as uuidv4, v7 as uuidv7 } from 'uuid';
import { cancelled, confirmed, demandWorld, organisation, someTerms, type DemandWorld } from './test-support.js';

let world: DemandWorld;
beforeAll(async () => {
  world = await demandWorld();
});
afterAll(() => world.stop());

const operations = () => world.kit.service.operations;
const parked = async () => (await operations().parked(100)).parked;
const filled = async (id: string) => (await world.read(id))?.filled;
const replayAll = (discard = false) => operations().replay({ eventId: '', dryRun: false, discard });

describe('undecodable events', () => {
  const broken = (event: LogEvent, change: Partial<LogEvent> & { header?: Record<string, string> }): LogEvent => {
    const { header = {}, ...rest } = change;
    return { ...event, ...rest, headers: { ...event.headers, ...header } };
  };

  it.each<[string, (event: LogEvent) => LogEvent, string]>([
    ['E1: broken bytes', (event) => broken(event, { payload: Buffer.from([0xff, 0xff, 0xff]) }), 'payload'],
    ['E1: an empty payload', (event) => broken(event, { payload: Buffer.alloc(0) }), 'empty payload'],
    ['E1: JSON instead of Protobuf', (event) => broken(event, { payload: Buffer.from('{"id":1}') }), 'payload'],
    ['E2: a newer major version', (event) => broken(event, { header: { ce_type: 'tandem.placement.placement.confirmed.v2' } }), 'type'],
    ['E2: an unknown fact', (event) => broken(event, { header: { ce_type: 'tandem.placement.placement.vanished.v1' } }), 'fact'],
    ['E4: an owner in the payload that is not the header’s', (event) => broken(event, { header: { ce_org: uuidv7() } }), 'payload org'],
    ['E1: no CloudEvents version', (event) => broken(event, { header: { ce_specversion: '0.3' } }), 'specversion'],
    ['E5: the id of another event in its headers', (event) => broken(event, { header: { ce_id: uuidv7() } }), 'id'],
    ['E3: a sequence that is no number', (event) => broken(event, { header: { ce_sequence: 'x' } }), 'sequence'],
  ])('%s is parked with its cause, and others flow', async (_name, breakIt, detail) => {
    const position = await world.aPublished({ headcount: 5 });
    const event = breakIt(confirmed(position));
    await world.deliver(event, confirmed(position));
    expect(await parked()).toEqual([expect.objectContaining({ consumer: 'positions', eventId: event.id, cause: 'decode', detail })]);
    expect(await filled(position.id)).toBe(1);
    expect(await replayAll(true)).toEqual({ events: 1 });
    expect(await parked()).toEqual([]);
  });

  it('E2: an event with a field of a newer release is read', async () => {
    const position = await world.aPublished();
    const event = confirmed(position);
    await world.deliver({ ...event, payload: Buffer.concat([event.payload, Buffer.from([0xa2, 0x06, 0x01, 0x78])]) });
    expect(await filled(position.id)).toBe(1);
  });

  it('E5: a time of 1970 or 2099 is data: order is by sequence', async () => {
    const position = await world.aPublished({ headcount: 5 });
    const [placement, college] = [uuidv7(), uuidv7()];
    const first = confirmed(position, { placement, college });
    const second = cancelled(position, { placement, college });
    await world.deliver({ ...first, headers: { ...first.headers, ce_time: '2099-01-01T00:00:00Z' } }, { ...second, headers: { ...second.headers, ce_time: '1970-01-01T00:00:00Z' } });
    expect(await filled(position.id)).toBe(0);
  });

  it('an event id that is no UUIDv7 is still applied once', async () => {
    const position = await world.aPublished({ headcount: 5 });
    const event = { ...confirmed(position), id: uuidv4() };
    const same = { ...event, headers: { ...event.headers, ce_id: event.id } };
    await world.deliver(same);
    await world.deliver(same);
    expect(await filled(position.id)).toBe(1);
  });
});

describe('order', () => {
  it('E3: holds what is ahead, and after 30 s counts it as parked with cause gap; the predecessor sets it free', async () => {
    const position = await world.aPublished({ headcount: 5 });
    const [placement, college] = [uuidv7(), uuidv7()];
    const early = cancelled(position, { placement, college, sequence: 3 });
    await world.deliver(confirmed(position, { placement, college, sequence: 1 }), early);
    await world.kit.database.admin.query(`update held set since = since - interval '31 seconds' where event_id = $1`, [early.id]);
    await world.kit.service.housekeeper.tick();
    expect(await parked()).toEqual([expect.objectContaining({ eventId: early.id, cause: 'gap', sequence: 3 })]);
    await world.deliver(confirmed(position, { placement, college, sequence: 2 }));
    expect(await parked()).toEqual([]);
    expect(await filled(position.id)).toBe(1);
  });

  it('E3: a second creator and a regress change nothing', async () => {
    const position = await world.aPublished({ headcount: 5 });
    const [placement, college] = [uuidv7(), uuidv7()];
    await world.deliver(confirmed(position, { placement, college, sequence: 1 }), confirmed(position, { placement, college, sequence: 1 }), cancelled(position, { placement, college, sequence: 2 }), confirmed(position, { placement, college, sequence: 1 }));
    expect(await filled(position.id)).toBe(0);
    expect(await parked()).toEqual([]);
  });

  it('a projection takes any higher sequence and no lower one', async () => {
    const id = uuidv7();
    const at = (sequence: number, kind: string): LogEvent => ({ ...eventOf('identity.organisation.verified', { id, org: id, state: 'active', public: { kind, code: 'x', name: 'x', region: '990101', invented: true, suspendedUntil: '' } }, { sequence }) });
    await world.deliver(at(5, 'park'));
    await world.deliver(at(3, 'college'));
    const { rows } = await world.kit.database.admin.query('select kind, sequence from known_organisations where id = $1', [id]);
    expect(rows).toEqual([{ kind: 'park', sequence: 5 }]);
  });
});

describe('poison', () => {
  it('E4: a target that another organisation owns is parked with cause owner; later events of the aggregate wait, others flow', async () => {
    const position = await world.aPublished({ headcount: 5 });
    const [placement, college] = [uuidv7(), uuidv7()];
    const foreign = { ...position, enterpriseOrg: uuidv7() };
    const bad = confirmed(foreign, { placement, college });
    await world.deliver(bad, cancelled(foreign, { placement, college }), confirmed(position));
    expect(await parked()).toEqual([expect.objectContaining({ eventId: bad.id, cause: 'owner', attempts: 5, waiting: 1 })]);
    expect(await filled(position.id)).toBe(1);
    await replayAll(true);
    // The one that waited is parked in its turn: it is as foreign.
    expect(await parked()).toEqual([expect.objectContaining({ cause: 'owner', sequence: 2 })]);
    await replayAll(true);
    expect(await parked()).toEqual([]);
  });

  it('a defect is parked after five tries and runs when it is mended and replayed', async () => {
    const position = await world.aPublished({ headcount: 5 });
    const [placement, college] = [uuidv7(), uuidv7()];
    await world.kit.database.admin.query('alter table positions add constraint planted check (filled < 1) not valid');
    const [first, second] = [confirmed(position, { placement, college }), cancelled(position, { placement, college })];
    await world.deliver(first);
    await world.deliver(second);
    expect(await parked()).toEqual([expect.objectContaining({ eventId: first.id, cause: 'defect', detail: 'SQLSTATE 23514', attempts: 5, waiting: 1 })]);
    expect(await operations().replay({ eventId: first.id, dryRun: true, discard: false })).toEqual({ events: 1 });
    await replayAll();
    expect(await parked()).toEqual([expect.objectContaining({ eventId: first.id, attempts: 6 })]);
    await world.kit.database.admin.query('alter table positions drop constraint planted');
    await replayAll();
    expect(await parked()).toEqual([]);
    expect((await world.read(position.id))?.filled).toBe(0);
    await world.deliver(confirmed(position, { placement, college, sequence: 3 }));
    expect(await filled(position.id)).toBe(1);
  });
});

describe('what the database refuses', () => {
  it('stops the aggregate that it refuses, not the other owners of the batch', async () => {
    const { admin } = world.kit.database;
    const [bad, good] = [await world.aPublished({ headcount: 50 }), await world.aPublished({ headcount: 50 })];
    // Another owner's position in the same batch: its targets are loaded after the first owner's write was sent.
    const other = uuidv7();
    await admin.query('update positions set org = $1 where id = $2', [other, good.id]);
    await admin.query('update timers set org = $1 where aggregate_id = $2', [other, good.id]);
    await admin.query(`alter table positions add constraint planted_one check (id <> '${bad.id}' or filled < 1) not valid`);
    const innocent = Array.from({ length: 20 }, () => confirmed({ ...good, enterpriseOrg: other }));
    await world.deliver(confirmed(bad), ...innocent);
    expect(await parked()).toEqual([expect.objectContaining({ cause: 'defect', detail: 'SQLSTATE 23514' })]);
    const { rows } = await admin.query('select filled from positions where id = $1', [good.id]);
    expect(rows).toEqual([{ filled: 20 }]);
    await admin.query('alter table positions drop constraint planted_one');
    // Set free by ten at once, it counts once.
    await admin.query(`update held set action = 'replay'`);
    const consumer = world.kit.service.consumers.find(({ topic }) => topic === 'tandem.placement.placement');
    const { rows: held } = await admin.query<{ key: string }>('select key from held');
    await Promise.all(Array.from({ length: 10 }, async () => consumer?.resume(held[0]?.key ?? '')));
    expect(await filled(bad.id)).toBe(1);
    expect(await parked()).toEqual([]);
  });
});

describe('a refusal inside a reaction', () => {
  it('is an answer: nothing changes, nothing waits', async () => {
    const { id, version } = await world.aSubmitted();
    const review = { positionId: id, enterpriseOrg: world.enterprise.org, positionVersion: version - 1, decision: 'publish', field: '', reason: '' };
    await world.deliver(eventOf('demand.review.decided', { id: uuidv7(), org: world.bureau.org, state: 'decided', public: review }));
    expect(await world.read(id)).toMatchObject({ state: 'submitted' });
    expect(await parked()).toEqual([]);
  });
});

describe('what only its owner may say', () => {
  it('a review of another bureau is refused, however well it is made', async () => {
    const { id, version } = await world.aSubmitted();
    const review = { positionId: id, enterpriseOrg: world.enterprise.org, positionVersion: version, decision: 'publish', field: '', reason: '' };
    const forged = eventOf('demand.review.decided', { id: uuidv7(), org: uuidv7(), state: 'decided', public: review });
    await world.deliver(forged);
    expect(await world.read(id)).toMatchObject({ state: 'submitted' });
    const { rows } = await world.kit.database.admin.query('select code from inbox where event_id = $1', [forged.id]);
    expect(rows).toEqual([{ code: 'position.foreign_review' }]);
  });

  it('a clock that is not the operator’s moves nobody’s time, and a bureau that is not identity’s reviews nothing', async () => {
    const [clock, impostor] = [uuidv7(), uuidv7()];
    await world.deliver(
      eventOf('identity.clock.advanced', { id: clock, org: impostor, state: 'running', public: { offsetDays: 900 } }),
      eventOf('identity.organisation.verified', { id: impostor, org: impostor, state: 'active', public: { kind: 'bureau', code: 'x', name: 'x', region: '990101', invented: true, suspendedUntil: '' } }),
    );
    expect(world.kit.service.clock.offsetDays).toBe(0);
    expect(await world.aSubmitted()).toMatchObject({ reviewerOrg: world.bureau.org });
  });

  it('a projection row of another owner is parked with cause owner', async () => {
    const id = uuidv7();
    const at = (org: string, sequence: number) => eventOf('identity.organisation.verified', { id, org, state: 'active', public: { kind: 'park', code: 'x', name: 'x', region: '990101', invented: true, suspendedUntil: '' } }, { sequence });
    await world.deliver(at(uuidv7(), 1));
    await world.deliver(at(uuidv7(), 2));
    expect(await parked()).toEqual([expect.objectContaining({ consumer: 'known_organisations', cause: 'owner' })]);
    await replayAll(true);
  });
});

describe('rebuild', () => {
  it('reads a projection again from the log, equal row by row', async () => {
    await world.deliver(organisation('park', uuidv7(), '990101'), organisation('college', uuidv7(), '990102'));
    const rebuild = operations().rebuild({ projection: 'known_organisations' });
    await expect(operations().rebuild({ projection: 'known_organisations' })).rejects.toMatchObject({ code: 'ops.rebuilding' });
    const { before, after, rows } = await rebuild;
    expect(after).toBe(before);
    expect(rows).toBeGreaterThan(2);
    await expect(operations().rebuild({ projection: 'positions' })).rejects.toMatchObject({ code: 'ops.unknown_projection' });
  });
});

describe('acting on behalf', () => {
  const delegation = (id: string, park: string, more: { state?: string; scopes?: string[]; toOn?: string; sequence?: number } = {}): LogEvent =>
    eventOf('identity.delegation.granted', { id, org: world.enterprise.org, state: more.state ?? 'active', public: { parkOrg: park, scopes: more.scopes ?? ['demand.position'], fromOn: '2020-01-01', toOn: more.toOn ?? '' } }, { sequence: more.sequence ?? 1 });
  const draftAs = (principal: ReturnType<typeof someone>) => world.positions.draftPosition(world.kit.call(principal), { terms: someTerms() }).then(() => 'done', (error: unknown) => refusalOf(error)?.code);

  it('a park publishes while the delegation lives, and not after it is revoked', async () => {
    const park = someone('park_operator');
    const id = uuidv7();
    await world.deliver(delegation(id, park.org));
    expect(await draftAs(actingFor(park, world.enterprise.org, id))).toBe('done');
    await world.deliver(delegation(id, park.org, { state: 'revoked', sequence: 2 }));
    expect(await draftAs(actingFor(park, world.enterprise.org, id))).toBe('delegation.revoked');
  });

  it.each<[string, Parameters<typeof delegation>[2], string]>([
    ['after its last day', { toOn: '2020-12-31' }, 'delegation.out_of_dates'],
    ['outside its scopes', { scopes: ['demand.training_request'] }, 'delegation.out_of_scope'],
  ])('%s it is refused', async (_name, more, code) => {
    const park = someone('park_operator');
    const id = uuidv7();
    await world.deliver(delegation(id, park.org, more));
    expect(await draftAs(actingFor(park, world.enterprise.org, id))).toBe(code);
  });

  it('another park’s delegation, and none at all, are refused alike', async () => {
    const id = uuidv7();
    await world.deliver(delegation(id, uuidv7()));
    expect(await draftAs(actingFor(someone('park_operator'), world.enterprise.org, id))).toBe('delegation.unknown');
    expect(await draftAs(actingFor(someone('park_operator'), world.enterprise.org, uuidv7()))).toBe('delegation.unknown');
  });

  it('the audit row keeps the enterprise and who acted', async () => {
    const park = someone('park_operator');
    const id = uuidv7();
    await world.deliver(delegation(id, park.org));
    const { id: position } = await world.positions.draftPosition(world.kit.call(actingFor(park, world.enterprise.org, id)), { terms: someTerms() });
    const { rows } = await world.kit.database.admin.query('select org, account, behalf_org, delegation, action from audit where aggregate_id = $1', [position]);
    expect(rows).toEqual([{ org: world.enterprise.org, account: park.account, behalf_org: park.org, delegation: id, action: 'demand.position.drafted' }]);
    expect((await world.read(position))?.parkOrg).toBe(park.org);
  });
});

describe('due timers', () => {
  it('that fail each time keep no other waiting', async () => {
    const { admin } = world.kit.database;
    const position = await world.aPublished();
    await admin.query(`update positions set ends_on = '2020-01-02', starts_on = '2020-01-01' where id = $1`, [position.id]);
    await admin.query(`create function fail() returns trigger language plpgsql as $$ begin raise exception 'planted'; end $$`);
    await admin.query(`create trigger planted before update on positions for each row when (new.title = 'fails') execute function fail()`);
    await admin.query(`insert into positions select (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), 'title', 'fails'))).* from positions p, generate_series(1, 205) where id = $1`, [position.id]);
    await admin.query(`insert into timers (org, aggregate, aggregate_id, name, due_at) select org, 'demand.position', id, 'expire', now() - interval '2 days' from positions where title = 'fails'`);
    await admin.query(`update timers set due_at = now() - interval '1 day' where aggregate_id = $1`, [position.id]);
    await world.kit.service.housekeeper.tick();
    await world.kit.service.housekeeper.tick();
    expect(await world.read(position.id)).toMatchObject({ state: 'closed', closeReason: 'expired' });
    const { rows } = await admin.query(`select count(*)::int n from timers t join positions p on p.id = t.aggregate_id where p.title = 'fails'`);
    expect(rows).toEqual([{ n: 205 }]);
    await admin.query(`delete from timers using positions p where p.id = aggregate_id and p.title = 'fails'`);
    await admin.query(`drop function fail cascade`);
    await world.kit.settle();
  });

  it('close an expired position, once', async () => {
    const position = await world.aPublished();
    await world.kit.database.admin.query(`update positions set starts_on = '2020-01-01', ends_on = '2020-01-02' where id = $1`, [position.id]);
    await world.kit.database.admin.query(`update timers set due_at = now() - interval '1 day' where aggregate_id = $1`, [position.id]);
    await Promise.all([world.kit.service.housekeeper.tick(), world.kit.service.housekeeper.tick()]);
    await until(async () => (await world.read(position.id))?.state === 'closed', { what: 'the timer to close the position' });
    expect(await world.read(position.id)).toMatchObject({ closeReason: 'expired', version: position.version + 1 });
    const { rows } = await world.kit.database.admin.query('select count(*)::int n from timers where aggregate_id = $1', [position.id]);
    expect(rows).toEqual([{ n: 0 }]);
    await world.kit.settle();
  });
});
