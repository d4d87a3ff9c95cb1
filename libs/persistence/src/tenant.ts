// The only way to a service's rows: a transaction that carries the organisation it works for. No query runs outside one.
import { createHash } from 'node:crypto';
import { Pool, types, type CustomTypesConfig, type PoolClient, type PoolConfig, type QueryResult } from 'pg';
import { flush, sendGrouped, type Statement } from './group.js';
import { connection, type DatabaseAccess, type RoleKind } from './roles.js';

export interface Scope {
  readonly org: string;
  readonly account?: string;
}

type Raw = Record<string, unknown>;

/** One transaction. Statements go out at once (pipeline); `write` is for those whose result nobody needs before the commit. */
export class Tx {
  private readonly sent: Promise<QueryResult>[] = [];
  private over = false;

  constructor(
    private readonly client: PoolClient,
    private acting: Scope | null,
  ) {}

  /** A prepared statement: for texts that repeat. */
  async query<R extends object = Raw>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    return (await this.send<R>({ name: statementName(text), text, values: [...values] })).rows;
  }

  /** Not prepared: for texts built from what a caller asked. */
  async queryOnce<R extends object = Raw>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    return (await this.send<R>({ text, values: [...values] })).rows;
  }

  /** Sent now, looked at when the transaction ends; its failure fails the transaction. */
  write(text: string, values: readonly unknown[] = []): void {
    void this.send({ name: statementName(text), text, values: [...values] });
  }

  begin(settings: Readonly<Record<string, string>>): void {
    this.write('begin');
    const names = Object.keys(settings);
    if (names.length > 0) this.write(`select ${names.map((name, n) => `set_config('${name}', $${n + 1}, true)`).join(', ')}`, Object.values(settings));
  }

  /** From here on the transaction works for this organisation. */
  actAs(scope: Scope): void {
    if (this.acting?.org === scope.org && this.acting.account === scope.account) return;
    this.acting = scope;
    this.write(`select set_config('app.org', $1, true), set_config('app.account', $2, true)`, [scope.org, scope.account ?? '']);
  }

  /** Rejects with the first failure of what was sent, in the order sent: later ones only say that the transaction was aborted. */
  async settled(): Promise<void> {
    for (const outcome of await Promise.allSettled(this.sent)) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** Between a savepoint and its end: a failure is the caller's to answer and does not fail the transaction. */
  async attempt<T>(fn: () => Promise<T>): Promise<{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }> {
    const from = this.sent.length;
    try {
      const value = await fn();
      for (const outcome of await Promise.allSettled(this.sent.slice(from))) if (outcome.status === 'rejected') throw outcome.reason;
      return { ok: true, value };
    } catch (error) {
      await Promise.allSettled(this.sent.slice(from));
      return { ok: false, error };
    } finally {
      // The savepoint's end may have taken back for whom it works.
      this.acting = null;
      this.sent.length = from;
    }
  }

  /** From here on it takes no statement: work that was left running would go on in the next tenant's transaction. */
  end(): void {
    this.over = true;
  }

  private send<R extends object>(statement: Statement): Promise<QueryResult<R>> {
    if (this.over) throw new Error('a statement came after its transaction had ended');
    const query = sendGrouped(this.client, statement) as Promise<QueryResult<R>>;
    query.catch(() => undefined);
    this.sent.push(query);
    return query;
  }
}

export class TenantDatabase {
  private readonly pool: Pool;

  constructor(access: DatabaseAccess, options: { readonly max?: number; readonly session?: string; readonly onError?: (error: Error) => void } = {}) {
    this.pool = pipelinedPool({ ...connection(access, 'app'), max: options.max ?? 8, ...(options.session && { options: options.session }) });
    this.pool.on('error', (error) => options.onError?.(error));
    // A connection that the server cuts while it is in use also says so as an event; its queries say it to whoever waits.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** Begins, sets the organisation, runs `fn`, commits. Any failure rolls back; a connection left in doubt is destroyed. */
  withTenant<T>(scope: Scope, fn: (tx: Tx) => Promise<T>): Promise<T> {
    return this.transaction(scope, {}, fn);
  }

  /** For a consumer's own rows (inbox, progress, held, positions); `fn` calls `tx.actAs` before it touches anybody's data. */
  withConsumer<T>(consumer: string, fn: (tx: Tx) => Promise<T>): Promise<T> {
    return this.transaction(null, { 'app.consumer': consumer }, fn);
  }

  /** Inside the round runner only: rows of one round, never names. */
  withRound<T>(scope: Scope, round: string, fn: (tx: Tx) => Promise<T>): Promise<T> {
    return this.transaction(scope, { 'app.round': round }, fn);
  }

  /** Whether the database answers. */
  async ping(): Promise<void> {
    await this.pool.query('select 1');
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async transaction<T>(scope: Scope | null, settings: Readonly<Record<string, string>>, fn: (tx: Tx) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    const tx = new Tx(client, scope);
    let clean = false;
    try {
      tx.begin({ ...(scope && { 'app.org': scope.org, 'app.account': scope.account ?? '' }), ...settings });
      const result = await fn(tx);
      tx.end();
      const commit = sendGrouped(client, { name: 'commit', text: 'commit', values: [] });
      commit.catch(() => undefined);
      await tx.settled();
      // A commit behind a failed statement resolves, with the command ROLLBACK.
      if ((await commit).command !== 'COMMIT') throw new Error('the transaction was rolled back');
      clean = true;
      return result;
    } catch (error) {
      tx.end();
      const cause = await causeOf(tx, error);
      clean = await rolledBack(client);
      throw cause;
    } finally {
      client.release(!clean);
    }
  }
}

/** "The transaction is aborted" only says that an earlier statement failed, one that nobody waited for: that one is the cause. */
async function causeOf(tx: Tx, error: unknown): Promise<unknown> {
  if ((error as { code?: unknown } | null)?.code !== '25P02') return error;
  return tx.settled().then(
    () => error,
    (first: unknown) => first,
  );
}

async function rolledBack(client: PoolClient): Promise<boolean> {
  try {
    flush(client);
    await client.query('rollback');
    return true;
  } catch {
    return false;
  }
}

/** A pool of another role for the machinery that needs it; plain queries, no tenant. */
export function rolePool(access: DatabaseAccess, kind: RoleKind, options: PoolConfig = {}): Pool {
  return new Pool({ ...connection(access, kind), ...bounds, ...options });
}

const bounds: PoolConfig = { connectionTimeoutMillis: 5_000, idleTimeoutMillis: 30_000 };

/** A plain date stays the text it is: a Date would move it by the time zone. */
const plainDates: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => (oid === types.builtins.DATE ? String : (types.getTypeParser(oid, format as 'text') as unknown))) as CustomTypesConfig['getTypeParser'],
};

function pipelinedPool(config: PoolConfig): Pool {
  const pipelined = { ...bounds, types: plainDates, ...config, pipeline: true };
  return new Pool(pipelined);
}

const names = new Map<string, string>();

function statementName(text: string): string {
  let name = names.get(text);
  if (!name) {
    name = createHash('sha256').update(text).digest('base64url').slice(0, 20);
    names.set(text, name);
  }
  return name;
}
