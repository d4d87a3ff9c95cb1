import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { serverAccount } from './account.js';
import { anotherTandem, aPlace, ask, copyOf, serversOf, until, watchdogsOf, type AnotherTandem, type Place } from './another-tandem.js';
import type { EmbeddedServer } from './server.js';
import { startPostgres } from './start.js';

jest.setTimeout(60_000);
const running: EmbeddedServer[] = [];
const bystanders: ChildProcess[] = [];
const original = aPlace();
let place: Place;

beforeAll(async () => (await startPostgres({ dataDir: original.dataDir })).stop());
beforeEach(() => {
  place = copyOf(original);
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
  for (const bystander of bystanders.splice(0)) bystander.kill('SIGKILL');
  place.clear();
});

afterAll(original.clear);

async function start(): Promise<EmbeddedServer> {
  const server = await startPostgres({ dataDir: place.dataDir });
  running.push(server);
  return server;
}

async function writingTandem(): Promise<AnotherTandem> {
  const tandem = anotherTandem({ dataDir: place.dataDir });
  await tandem.hears('server');
  tandem.wish('write');
  await until('100 acknowledged rows', () => acknowledged(tandem) >= 100);
  return tandem;
}

function acknowledged({ told }: AnotherTandem): number {
  return told.findLast(({ acked }) => acked !== undefined)?.acked ?? 0;
}

/** Resolves when the last message of the dead process has been read as well. */
async function kill(tandem: AnotherTandem, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  const gone = once(tandem.process, 'close');
  tandem.process.kill(signal);
  await gone;
}

async function expectEveryAcknowledgedRow(tandem: AnotherTandem, server: EmbeddedServer): Promise<void> {
  const [row] = await ask<{ rows: number; last: number }>(server, 'select count(*)::int as rows, max(n) as last from entry');
  expect(row?.rows).toBe(row?.last);
  expect(row?.last).toBeGreaterThanOrEqual(acknowledged(tandem));
}

const nothingRuns = () => serversOf(place.dataDir).length === 0 && watchdogsOf(place.dataDir).length === 0;

describe('a Tandem that dies', () => {
  it('takes its server along within two seconds, also after kill -9 under load, and loses no acknowledged row', async () => {
    const tandem = await writingTandem();
    await kill(tandem);
    await until('server and watchdog to be gone', nothingRuns, 2_000);
    await expectEveryAcknowledgedRow(tandem, await start());
  });

  it.each(['leave', 'throw'] as const)('takes its server along when it ends without stopping it: %s', async (wish) => {
    const tandem = anotherTandem({ dataDir: place.dataDir });
    await tandem.hears('server');
    tandem.wish(wish);
    await once(tandem.process, 'close');
    await until('server and watchdog to be gone', nothingRuns, 2_000);
  });

  it('can be started again in the same moment', async () => {
    for (let round = 0; round < 3; round += 1) {
      const tandem = await writingTandem();
      await kill(tandem);
      const server = await startPostgres({ dataDir: place.dataDir });
      await expectEveryAcknowledgedRow(tandem, server);
      await ask(server, 'drop table entry');
      expect([serversOf(place.dataDir), watchdogsOf(place.dataDir).length]).toEqual([[server.pid], 1]);
      await server.stop();
    }
  });

  it('can be started again on the same port in the same moment', async () => {
    const tandem = await writingTandem();
    const { port } = await tandem.hears('server');
    await kill(tandem);
    running.push(await startPostgres({ dataDir: place.dataDir, port }));
    await expectEveryAcknowledgedRow(tandem, running[0]!);
  });
});

describe('a server without a Tandem', () => {
  it('is stopped in order and started anew when the watchdog was killed as well', async () => {
    const tandem = await writingTandem();
    const orphan = await tandem.hears('server');
    for (const pid of watchdogsOf(place.dataDir)) process.kill(pid, 'SIGSTOP');
    await kill(tandem);
    for (const pid of watchdogsOf(place.dataDir)) process.kill(pid, 'SIGKILL');
    expect(serversOf(place.dataDir)).toEqual([orphan.pid]);

    const server = await start();
    expect(serversOf(place.dataDir)).toEqual([server.pid]);
    expect(server.pid).not.toBe(orphan.pid);
    await expectEveryAcknowledgedRow(tandem, server);
  });

  it('is not left running when only its watchdog is killed', async () => {
    const tandem = anotherTandem({ dataDir: place.dataDir });
    await tandem.hears('server');
    for (const pid of watchdogsOf(place.dataDir)) process.kill(pid, 'SIGKILL');
    await tandem.hears('exit');
    expect(serversOf(place.dataDir)).toEqual([]);
    expect((await start()).firstStart).toBe(false);
  });
});

describe('a stale postmaster.pid', () => {
  const stale = (pid: number) => {
    writeFileSync(join(place.dataDir, 'postmaster.pid'), `${pid}\n${place.dataDir}\n1700000000\n5432\n\n127.0.0.1\n  123456         7\nready   \n`);
  };

  it('does not stop a start when its process is gone', async () => {
    const gone = spawn('true');
    await once(gone, 'close');
    stale(gone.pid!);
    expect((await start()).firstStart).toBe(false);
  });

  it('does not stop a start, nor that program, when another program has the number now', async () => {
    // Under the server's own user: PostgreSQL itself takes such a program for its predecessor.
    const { uid, gid } = serverAccount();
    const bystander = spawn('sleep', ['60'], { uid, gid });
    bystanders.push(bystander);
    stale(bystander.pid!);
    expect((await start()).firstStart).toBe(false);
    expect([bystander.exitCode, bystander.signalCode]).toEqual([null, null]);
  });

  it('is what kill -9 of the whole server leaves, under load, without loss', async () => {
    const tandem = await writingTandem();
    const { pid } = await tandem.hears('server');
    for (const victim of watchdogsOf(place.dataDir)) process.kill(victim, 'SIGSTOP');
    process.kill(pid, 'SIGKILL');
    await kill(tandem);
    for (const victim of watchdogsOf(place.dataDir)) process.kill(victim, 'SIGKILL');
    expect(existsSync(join(place.dataDir, 'postmaster.pid'))).toBe(true);
    await expectEveryAcknowledgedRow(tandem, await start());
  });
});

describe('two Tandems on one folder', () => {
  it('are one: the second is refused and told who the first is', async () => {
    const first = anotherTandem({ dataDir: place.dataDir });
    const server = await first.hears('server');
    await expect(startPostgres({ dataDir: place.dataDir })).rejects.toMatchObject({
      code: 'postgres.already_running', details: { pid: first.process.pid }, message: expect.stringContaining(`pid ${first.process.pid}`),
    });
    expect(await ask(server, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  it('are one also within a process', async () => {
    await start();
    await expect(startPostgres({ dataDir: place.dataDir })).rejects.toMatchObject({ code: 'postgres.already_running', details: { pid: process.pid } });
  });

  it('are one when five start at once, over the claim of a dead one', async () => {
    await kill(await writingTandem());
    const tandems = Array.from({ length: 5 }, () => anotherTandem({ dataDir: place.dataDir }));
    await until('five answers', () => tandems.every(({ told }) => told.some((message) => message.server ?? message.refusal)));
    const refusals = tandems.flatMap(({ told }) => told.flatMap(({ refusal }) => refusal?.code ?? []));
    expect(refusals).toEqual(Array(4).fill('postgres.already_running'));
    expect(serversOf(place.dataDir)).toHaveLength(1);
  });

  it('are not seen where a claim names a process number that was given out again', async () => {
    writeFileSync(`${place.dataDir}.lock`, JSON.stringify({ pid: process.pid, started: 'another time', nonce: 'old' }));
    expect((await start()).firstStart).toBe(false);
    expect(JSON.parse(readFileSync(`${place.dataDir}.lock`, 'utf8'))).toMatchObject({ pid: process.pid, nonce: expect.not.stringMatching('old') });
  });

  it('are not seen where a power cut left the claim unreadable', async () => {
    writeFileSync(`${place.dataDir}.lock`, '');
    expect((await start()).firstStart).toBe(false);
  });
});
