// What takes too long or too much for every run (`npm run test:faults -- --deep`): a broker that is away for ten minutes, cuts in one direction, a
// topic's data lost, one broker of three killed. The cuts are firewall rules of a network namespace that the test command makes for itself.
import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WARM, warm } from '../faults/load.test-support.js';
import { judge, Stage } from './stage.test-support.js';

const isOwnNetwork = process.env['TANDEM_TEST_NETWORK'] === 'own';
const CUT_SECONDS = 30;
const TOPIC = 'tandem.placement.placement';

/** Drops what comes from, or goes to, a port of this network; the returned function ends that. */
function cut(way: 'from' | 'to', port: number): () => void {
  const rule = ['INPUT', '-i', 'lo', '-p', 'tcp', way === 'from' ? '--sport' : '--dport', String(port), '-j', 'DROP'];
  execFileSync('iptables', ['-A', ...rule]);
  return () => void execFileSync('iptables', ['-D', ...rule]);
}

describe('with one broker', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open(1);
  }, 240_000);
  afterAll(() => stage?.close(), 120_000);
  afterEach(() => void (isOwnNetwork && execFileSync('iptables', ['-F', 'INPUT'])));

  it('the broker gone for ten minutes: commands are answered, their events wait and go out in order', async () => {
    const running = await stage.load(500);
    await warm(running);
    await stage.brokers.kill(1);
    const unsent = await stage.outage(running, 600, () => stage.brokers.start(1));
    expect(unsent).toBeGreaterThan(1_000);
    await judge(stage, { fault: 'the broker gone for 10 minutes', load: running, inFlight: unsent });
  }, 780_000);

  (isOwnNetwork ? describe : describe.skip)('in a network of its own', () => {
    it.each(['from', 'to'] as const)('nothing goes %s the broker, the other way is open: all go on by themselves', async (way) => {
      const running = await stage.load(100);
      await warm(running);
      const heal = cut(way, Number(stage.brokers.addresses.split(':')[1]));
      const unsent = await stage.outage(running, CUT_SECONDS, heal);
      await judge(stage, { fault: `nothing goes ${way} the broker for ${CUT_SECONDS} s`, load: running, inFlight: unsent });
    }, 180_000);

    it.each(['from', 'to'] as const)('nothing goes %s placement: calls end by their deadlines, and no answer is a lie', async (way) => {
      const running = await stage.load();
      await warm(running);
      const heal = cut(way, stage.region.ports['placement']!);
      // Each writer ends at its first call without an answer.
      await running.stop();
      heal();
      expect(running.operations.filter(({ outcome }) => outcome === 'unknown').length).toBeGreaterThan(0);
      await judge(stage, { fault: `nothing goes ${way} placement`, load: running, inFlight: 0 });
    }, 180_000);
  });

  it('the broker loses a topic’s data under load: made anew and sent again, nothing is lost, and nothing has its effect twice', async () => {
    const running = await stage.load(100);
    await warm(running);
    await stage.brokers.kill(1);
    await stage.goesOn(running, 'mutations to go on without a broker');
    const unsent = await stage.unsent();
    stage.brokers.lose(1, `${stage.region.prefix}${TOPIC}`);
    await stage.brokers.start(1);
    await stage.goesOn(running, 'the load to go on', WARM);
    await running.stop();
    stage.region.command('topics', 'remake', TOPIC);
    const operator = await stage.region.as('operator', 'OPERATOR');
    const { events } = await operator.mutate<{ events: number }>('mutation ($input: ResendEventsInput!) { resendEvents(input: $input) { events userErrors { code details } } }', { topic: TOPIC }, null);
    expect(events).toBeGreaterThan(WARM);
    await judge(stage, { fault: 'a topic’s data lost', load: running, inFlight: unsent });
  }, 240_000);
});

describe('with three brokers', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open(3);
  }, 360_000);
  afterAll(() => stage?.close(), 120_000);

  it.each([1, 2, 3])('broker %i of three killed -9 with batches in flight, and back', async (node) => {
    const running = await stage.load();
    await warm(running);
    await stage.brokers.kill(node);
    await stage.goesOn(running, 'the load to go on with two', 10 * WARM);
    await stage.brokers.start(node);
    await stage.goesOn(running, 'the load to go on with three', 10 * WARM);
    await running.stop();
    // Eight writers had a command, and its event, under way.
    await judge(stage, { fault: `broker ${node} of three killed -9`, load: running, inFlight: 8 });
  }, 240_000);
});
