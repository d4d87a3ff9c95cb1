// What the systems compared have in common: a database with the bench service's tables, the kit's own commands, and effects to wait for.
import { Commands, Delegations, migrateService } from '@tandem/service-kit';
import { TenantDatabase, type DatabaseAccess, type Scope, type Tx } from '@tandem/persistence';
import type pg from 'pg';
import { until, type Stage } from '../stage.js';
import { Producer } from './producer.js';
import { benchService, handled } from './service.js';

export interface Effects {
  readonly rows: number;
  readonly distinct: number;
  /** Milliseconds since 1970 by the server's clock; 0 without effects. */
  readonly lastCommitMs: number;
}

/** One system, opened for a measurement and closed after it; its tables stay. */
export abstract class Bed {
  readonly producer = new Producer();
  private begun = 0;

  constructor(
    readonly name: string,
    protected readonly stage: Stage,
    readonly access: DatabaseAccess,
    readonly admin: pg.Pool,
  ) {}

  /** Ready to take commands; what they queue stays queued until `consume`. */
  abstract open(): Promise<Commands>;
  abstract consume(): Promise<void>;
  abstract close(): Promise<void>;
  /** Events that are nobody's effect yet and never will be. */
  abstract parked(): Promise<number>;
  /** Everything queued lies where the consumer reads it. */
  abstract ready(): Promise<void>;

  /** Forgets earlier effects. */
  async reset(): Promise<void> {
    await this.admin.query('truncate effects');
    this.begun = handled.count;
  }

  async effects(): Promise<Effects> {
    const { rows } = await this.admin.query<Effects>(`select count(*)::int as rows, count(distinct event_id)::int as distinct,
      coalesce(extract(epoch from max(pg_xact_commit_timestamp(xmin))) * 1000, 0)::float8 as "lastCommitMs" from effects`);
    return rows[0] ?? { rows: 0, distinct: 0, lastCommitMs: 0 };
  }

  /** Until so many effects are committed. Asks the database only when the handlers have run as often. */
  async settled(events: number): Promise<Effects> {
    await until(() => handled.count - this.begun >= events, `${events} handlers of ${this.name}`);
    let effects = await this.effects();
    await until(async () => (effects = await this.effects()).rows >= events, `${events} effects of ${this.name}`);
    return effects;
  }

  /** Changes that the rows themselves remember. */
  async changes(): Promise<number> {
    const { rows } = await this.admin.query<{ n: number }>('select coalesce(sum(version), 0)::int n from seats');
    return rows[0]?.n ?? 0;
  }
}

/** A migrated database of the bench service. */
export async function serviceDatabase(stage: Stage, name: string): Promise<{ access: DatabaseAccess; admin: pg.Pool }> {
  const access = await stage.database(name, 'bench');
  await migrateService(benchService, access);
  const admin = stage.admin(name);
  await admin.query('create extension if not exists pg_stat_statements');
  return { access, admin };
}

export type Rewrite = (text: string) => string;
interface Rewritten {
  readonly text: string;
  /** Which of the kit's values the text still names, from 0. */
  readonly uses: readonly number[];
}
type AfterWrite = (tx: Tx, values: readonly unknown[]) => Promise<void>;

/** The kit's write path with its one statement rewritten: what a command costs with another queue, or without a part. */
export class RewritingDatabase extends TenantDatabase {
  private readonly texts = new Map<string, Rewritten>();

  constructor(
    access: DatabaseAccess,
    private readonly rewrite: Rewrite,
    private readonly after: AfterWrite = async () => undefined,
  ) {
    super(access, { max: 8 });
  }

  override withTenant<T>(scope: Scope, fn: (tx: Tx) => Promise<T>): Promise<T> {
    return super.withTenant(scope, (tx) => this.rewriting(tx, fn));
  }

  protected async rewriting<T>(tx: Tx, fn: (tx: Tx) => Promise<T>): Promise<T> {
    let written: readonly unknown[] = [];
    const write = (text: string, values: readonly unknown[] = []): void => {
      const isStatement = text.includes('insert into outbox');
      if (!isStatement) return tx.write(text, values);
      written = values;
      const { text: compact, uses } = this.rewritten(text);
      tx.write(compact, uses.map((n) => values[n]));
    };
    const result = await fn(Object.create(tx, { write: { value: write } }) as Tx);
    if (written.length > 0) await this.after(tx, written);
    return result;
  }

  /** The server refuses parameters that a text does not name: what is left of them is numbered anew. */
  private rewritten(text: string): Rewritten {
    const known = this.texts.get(text);
    if (known) return known;
    const rewritten = this.rewrite(text);
    const uses = [...new Set([...rewritten.matchAll(/\$(\d+)/g)].map(([, n]) => Number(n) - 1))].sort((a, b) => a - b);
    const made = { text: rewritten.replace(/\$(\d+)/g, (_, n) => `$${uses.indexOf(Number(n) - 1) + 1}`), uses };
    this.texts.set(text, made);
    return made;
  }
}

interface Queued {
  readonly id: string;
  readonly org: string;
  readonly key: string;
  readonly sequence: number;
  readonly headers: unknown;
  readonly payload: string;
}

/** What the kit's statement had for the outbox: that of many changes begins with their rows as JSON, that of one has a parameter each. */
export function queuedOf(values: readonly unknown[]): Queued[] {
  if (!(values[0] as string).startsWith('[')) {
    const [org, key, id, headers, payload] = values as [string, string, string, string, Buffer];
    return [{ id, org, key, sequence: values[11] as number, headers: JSON.parse(headers), payload: hex(payload) }];
  }
  const [keys, ids, starts, lengths] = values.slice(3, 7) as [string[], string[], number[], number[]];
  const [versions, headers, payloads] = [values[9] as number[], JSON.parse(values[12] as string) as unknown[], values[13] as Buffer];
  const payloadOf = (n: number): Buffer => payloads.subarray((starts[n] ?? 1) - 1, (starts[n] ?? 1) - 1 + (lengths[n] ?? 0));
  return ids.map((id, n) => ({ id, org: values[2] as string, key: keys[n] ?? '', sequence: versions[n] ?? 0, headers: headers[n], payload: hex(payloadOf(n)) }));
}

function hex(payload: Buffer): string {
  return `\\x${payload.toString('hex')}`;
}

/** The kit's commands over a database, outside a service: nobody to wake, no delegations to ask. */
export function commandsOver(database: TenantDatabase): Commands {
  const hints = { outbox: () => undefined, onOutbox: () => undefined } as unknown as ConstructorParameters<typeof Commands>[2];
  return new Commands(database, new Delegations(() => 0), hints);
}

/** Replaces a part of the statement, and fails where the kit's text is no longer the one this knows. */
export function replaced(text: string, part: RegExp, by: string): string {
  if (!part.test(text)) throw new Error(`the write statement has no ${part.source}: the bench must follow it`);
  return text.replace(part, () => by);
}

// Each in the statement of many changes, which selects from e, or of one, which is a line of parameters.
export const OUTBOX_PART = /o as \(insert into outbox(?:.*from e order by n|.*values .*)\),\s/;
export const AUDIT_PART = /a as \(insert into audit(?:.*\n.*from e|.*)\),\s/;
export const IDEMPOTENCY_PART = /,\s*k as \(insert into idempotency.*\)\)/;
