// Callers of the kit's commands: 8 at once, each with aggregates of its own in 20 organisations.
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Principal } from '@tandem/contracts';
import type { Commands } from '@tandem/service-kit';
import { v4 as uuidv4, v7 as uuidv7 } from 'uuid';
import { isQuick } from '../report.js';
import { newSeats, seats, takeSeat } from './service.js';

export const CALLERS = 8;
const ORGS = Array.from({ length: 20 }, () => uuidv4());
const AGGREGATES = isQuick ? 40 : 2_000;
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

type Call = Parameters<Commands['change']>[0];

interface Target {
  readonly org: string;
  readonly id: string;
  version: number;
}

export function callOf(org: string): Call {
  const principal: Principal = { account: uuidv4(), org, role: 'enterprise_hr', orgKind: 'enterprise', kind: 'person' };
  const key = uuidv4();
  return { principal, requestId: uuidv7(), traceparent: TRACEPARENT, now: new Date(), today: '2027-01-01', key, requestHash: createHash('sha256').update(key).digest() };
}

export class Producer {
  private targets: Target[] = [];
  private turn = 0;

  /** The aggregates to change; as many events as their number. */
  async prepare(commands: Commands): Promise<number> {
    for (const org of ORGS) this.targets.push(...(await createMany(commands, org, AGGREGATES / ORGS.length)).map((id) => ({ org, id, version: 1 })));
    this.adopt(this.targets);
    return this.targets.length;
  }

  /** Goes on with aggregates that are there. */
  adopt(targets: readonly Target[]): void {
    // Neighbours belong to different organisations.
    this.targets = targets.map((_, n) => targets[(n * 7_919) % targets.length] as Target);
  }

  /** So many changes, 8 at a time. */
  async change(commands: Commands, changes: number, callers = CALLERS): Promise<void> {
    let left = changes;
    const caller = async (): Promise<void> => {
      while (left-- > 0) await this.one(commands);
    };
    await Promise.all(Array.from({ length: callers }, caller));
  }

  async one(commands: Commands): Promise<Target> {
    const target = this.targets[this.turn++ % this.targets.length] as Target;
    const { version } = await commands.change(callOf(target.org), seats, 'changed', target, takeSeat);
    target.version = version;
    return target;
  }

  /** Changes at fixed moments whatever the answers take. Resolves with the moment before each transaction by `<id> <version>`. */
  async openLoop(commands: Commands, changes: number, perSecond: number, wall: () => number): Promise<Map<string, number>> {
    const begun = new Map<string, number>();
    const running: Promise<unknown>[] = [];
    const start = performance.now();
    for (let n = 0; n < changes; n += 1) {
      const wait = start + (n * 1_000) / perSecond - performance.now();
      if (wait > 0) await pause(wait);
      const at = wall();
      running.push(this.one(commands).then(({ id, version }) => begun.set(`${id} ${version}`, at)));
    }
    await Promise.all(running);
    return begun;
  }
}

/** New aggregates of one organisation by one command. */
export async function createMany(commands: Commands, org: string, count: number): Promise<string[]> {
  const items = Array.from({ length: count }, (_, n) => n);
  const outcomes = await commands.createMany(callOf(org), seats, 'drafted', items, (fresh) => newSeats(fresh));
  return outcomes.map((outcome) => {
    if ('refused' in outcome) throw outcome.refused;
    return outcome.done.id;
  });
}

export function anOrg(n: number): string {
  return ORGS[n % ORGS.length] as string;
}
