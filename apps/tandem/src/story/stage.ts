// Where the story is told: sessions of its roles, bulk calls as an office would send them, and waiting for signals instead of sleeping.
import type { Role } from '@tandem/contracts';
import { CallFailed } from '../commands/call-failed.js';
import { Session } from '../commands/client.js';
import { documents } from './documents.js';

export interface Step {
  readonly step: string;
  readonly result: string;
  /** Since the story began. */
  readonly seconds: number;
}

export interface Target {
  readonly id: string;
  readonly version: number;
}
interface Bulk {
  readonly results: readonly { readonly id: string | null; readonly version: number | null; readonly error: { readonly code: string } | null }[];
  readonly job: { readonly id: string } | null;
}
interface Edges<Node> {
  readonly edges: readonly { readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export interface OpsService {
  readonly service: string;
  readonly unsent: number;
  readonly dueTimers: number;
  readonly consumers: readonly { readonly consumer: string; readonly topic: string; readonly lag: number; readonly published: number; readonly consumed: number; readonly held: number; readonly parked: number }[];
}

/** So many items in one request: well below the limit of 1 MiB. */
const SLICE = 400;
const DEADLINE_MS = 120_000;
/** A system that is killed is back by then. */
const PATIENCE_MS = 30_000;

export class Stage {
  readonly steps: Step[] = [];
  private readonly sessions = new Map<string, Session>();
  private offsetDays = 0;
  private readonly started = performance.now();

  constructor(
    private readonly url: string,
    private readonly home: string,
    /** Distinguishes this telling's roll numbers and keys from those of an earlier one on the same system. */
    readonly name: string,
    private readonly onStep: (step: Step) => void,
  ) {}

  async as(role: Role, org: { readonly code: string } | string, account?: string): Promise<Session> {
    const code = typeof org === 'string' ? org : org.code;
    const key = `${role} ${code} ${account ?? ''}`;
    const known = this.sessions.get(key) ?? (await Session.as(this.url, this.home, role, code, account));
    known.patienceMs = PATIENCE_MS;
    this.sessions.set(key, known);
    return known;
  }

  operator(): Promise<Session> {
    return this.as('operator', 'OPERATOR');
  }

  told(step: string, result: string): void {
    const told = { step, result, seconds: Math.round((performance.now() - this.started) / 100) / 10 };
    this.steps.push(told);
    this.onStep(told);
  }

  /** Sends them in slices; what was done, and how often each refusal came. */
  // oxlint-disable-next-line max-params -- who sends what, under which field
  async bulk(session: Session, document: string, field: string, items: readonly object[], more: object = {}): Promise<{ done: (Target | null)[]; refused: Map<string, number> }> {
    const done: (Target | null)[] = [];
    const refused = new Map<string, number>();
    for (let n = 0; n < items.length; n += SLICE) {
      const { results } = await session.mutate<Bulk>(document, { [field]: items.slice(n, n + SLICE), ...more });
      for (const { id, version, error } of results) {
        done.push(id !== null && version !== null ? { id, version } : null);
        if (error) refused.set(error.code, (refused.get(error.code) ?? 0) + 1);
      }
    }
    return { done, refused };
  }

  /** Starts a job and waits for its end. */
  async work(session: Session, document: string, input: Record<string, unknown>): Promise<void> {
    const { job } = await session.mutate<Bulk>(document, input);
    const ended = await this.until('the job to end', async () => {
      const now = await session.query<{ state: string; failure: string | null } | null>(documents.job, { id: job?.id ?? '' });
      return now && now.state !== 'running' ? now : null;
    });
    if (ended.state !== 'done') throw new CallFailed(ended.failure ?? ended.state, 'a job of the story failed');
    await this.quiet();
  }

  /** Every row of a list. */
  async all<Node>(session: Session, document: string, variables: Record<string, unknown>): Promise<Node[]> {
    const nodes: Node[] = [];
    let after: string | null = null;
    do {
      const { edges, pageInfo }: Edges<Node> = await session.query<Edges<Node>>(document, { ...variables, after });
      nodes.push(...edges.map(({ node }) => node));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    return nodes;
  }

  /** Until what is due has run, the relays have sent everything and every consumer has passed the end of its topic. */
  async quiet(): Promise<readonly OpsService[]> {
    const operator = await this.operator();
    return this.until('the consumers to catch up', async () => {
      const services = await operator.query<readonly OpsService[]>(documents.consumers);
      return services.some(({ unsent, dueTimers, consumers }) => unsent > 0 || dueTimers > 0 || consumers.some(({ lag }) => lag > 0)) ? null : services;
    });
  }

  async until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
    const deadline = performance.now() + DEADLINE_MS;
    for (;;) {
      const found = await look();
      if (found !== null) return found;
      if (performance.now() > deadline) throw new Error(`waited ${DEADLINE_MS / 1000} s for ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Business time moves for everybody; only where all organisations are invented. */
  async advance(days: number): Promise<void> {
    const operator = await this.operator();
    await operator.mutate(documents.advance, { days });
    this.offsetDays += days;
    await this.quiet();
  }

  async readClock(): Promise<void> {
    this.offsetDays = (await (await this.operator()).query<{ offsetDays: number }>(documents.clock)).offsetDays;
  }

  /** So many days from the story's today, as a plain date. */
  day(offset: number): string {
    return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short' }).format(new Date(Date.now() + (this.offsetDays + offset) * 86_400_000));
  }

  operations(): { readonly count: number; readonly p50Ms: number; readonly p99Ms: number } {
    const sorted = [...this.sessions.values()].flatMap(({ timings }) => timings).sort((a, b) => a - b);
    const at = (share: number): number => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0) * 10) / 10;
    return { count: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99) };
  }
}
