// What a probe's answer may not contain, whether two answers are the same, and whether anything moved below.
import { createHash } from 'node:crypto';
import { databases, type Tandem } from './world.test-support.js';

export interface Findings {
  probes: number;
  /** One line each. */
  readonly leaks: string[];
  /** Which places had a probe. */
  readonly covered: Set<string>;
  /** Codes of the answers at each place: a place where every stranger is stopped by its role was not looked into. */
  readonly codes: Map<string, Set<string>>;
}

export function noFindings(): Findings {
  return { probes: 0, leaks: [], covered: new Set(), codes: new Map() };
}

export function note(findings: Findings, place: string, answer: string): void {
  findings.probes += 1;
  findings.covered.add(place);
  const codes = findings.codes.get(place) ?? new Set<string>();
  const found = [...answer.matchAll(/"code":"([a-z]+\.[a-z_]+|INTERNAL|LIMIT_EXCEEDED|BAD_USER_INPUT)"/g)].map(([, code = '']) => code);
  for (const code of found.length > 0 ? found : ['answered']) codes.add(code);
  findings.codes.set(place, codes);
}

/** The answer with the id that was asked for taken out, in every form of it, and with what differs from request to request. */
export function neutral(answer: string, forms: readonly string[]): string {
  return forms.reduce((text, form) => text.replaceAll(form, '(id)'), answer).replace(/"traceId":"[0-9a-f]{32}"/g, '"traceId":""');
}

/** Without any id and cursor: for answers about a row that the probe itself has made. */
export function shape(answer: string): string {
  return answer.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '(id)').replace(/"[A-Za-z0-9_-]{40,}"/g, '"(id)"').replace(/"traceId":"[0-9a-f]{32}"/g, '');
}

/** Secrets in the answer, also inside what it encodes in base64 (cursors, global ids). */
export function leaked(answer: string, secrets: readonly string[], asked: readonly string[]): string[] {
  const encoded = [...answer.matchAll(/"([A-Za-z0-9_-]{20,})"/g)].map(([, text = '']) => Buffer.from(text, 'base64url').toString('utf8'));
  const whole = neutral([answer, ...encoded].join('\n'), asked);
  return secrets.filter((secret) => !asked.includes(secret) && whole.includes(secret));
}

const PARALLEL = 16;

export async function inBatches<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items];
  await Promise.all(Array.from({ length: PARALLEL }, async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  }));
}

/** Kept by every mutation that got as far as its transaction, and moved by every event that passes: no news. */
const always = ['idempotency', 'positions_of_consumers'];
/** Moved by the events of what the strangers do in their own tenants. */
const byEvents = ['inbox', 'progress', 'partitions', 'topics', 'outbox'];

/** One hash a table of every database; with `except`, without the rows of those organisations. */
export async function everything({ eyes }: Pick<Tandem, 'eyes'>, except: readonly string[] = []): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const database of databases) {
    const { rows } = await eyes[database].query<{ name: string; owned: boolean }>(
      `select c.relname as name, exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'org') as owned
       from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> all($1) order by 1`,
      [except.length > 0 ? [...always, ...byEvents] : always],
    );
    for (const { name, owned } of rows) {
      if (except.length > 0 && name.startsWith('inbox_')) continue;
      const others = owned ? 'where org is null or org::text <> all($1::text[])' : name === 'entries' ? `where headers->>'ce_org' <> all($1::text[])` : 'where $1::text[] is not null';
      const { rows: found } = await eyes[database].query<{ row: string }>(`select t::text as row from ${name} t ${others} order by 1`, [except]);
      hashes.set(`${database}.${name}`, createHash('sha256').update(JSON.stringify(found)).digest('hex'));
    }
  }
  return hashes;
}
