// Lists: one page and, on request, the total, along an index that begins with the side the list names.
import { isUuid } from '@tandem/contracts';
import type { Tx } from './tenant.js';
import type { Table } from './table.js';

export interface Condition {
  /** With `$` where the value goes, for example `state = $`. */
  readonly sql: string;
  readonly value: unknown;
}

/** Which part of a list. */
export interface PagePart {
  readonly first: number;
  readonly after: string | null;
  /** Rows to jump over, counted from `after`. */
  readonly skip: number;
  /** Whether to count all rows of the list. */
  readonly withTotal: boolean;
}

export interface PageRequest<Row> extends PagePart {
  /** The side comes first: `org = $`, a party column, `is_public`, a round. */
  readonly where: readonly Condition[];
  readonly orderBy: keyof Row & string;
  readonly descending: boolean;
}

export interface PageOf<Row> {
  readonly rows: Row[];
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
  /** 0 unless asked for. */
  readonly totalCount: number;
}

/** Thrown for a cursor that this list did not make. */
export class BadCursor extends Error {}

export async function page<Row extends { id: string }>(tx: Tx, table: Table<Row>, request: PageRequest<Row>): Promise<PageOf<Row>> {
  const order = table.columnOf(request.orderBy);
  const filter = conditions(request.where);
  const keyset = request.after === null ? null : keysetCondition(order, request, filter.values.length);
  const direction = request.descending ? 'desc' : 'asc';
  const text = `select *, ${order}::text as cursor_value from ${table.name} where ${[filter.sql, ...(keyset ? [keyset.sql] : [])].join(' and ')}
    order by ${order} ${direction}, id ${direction} limit ${request.first + 1} offset ${request.skip}`;
  const [raws, [total]] = await Promise.all([
    tx.queryOnce(text, [...filter.values, ...(keyset?.values ?? [])]),
    request.withTotal ? tx.queryOnce<{ n: string }>(`select count(*) n from ${table.name} where ${filter.sql}`, filter.values) : [],
  ]);
  const shown = raws.slice(0, request.first);
  const last = shown.at(-1);
  return {
    rows: shown.map((raw) => table.hydrate(raw)),
    hasNextPage: raws.length > request.first,
    endCursor: last ? encodeCursor(order, last['cursor_value'] as string, last['id'] as string) : null,
    totalCount: Number(total?.n ?? 0),
  };
}

/** One condition after the other, their values numbered from $1. */
export function conditions(where: readonly Condition[]): { sql: string; values: unknown[] } {
  const sql = where.map((condition, i) => condition.sql.replace('$', `$${i + 1}`)).join(' and ');
  return { sql, values: where.map((condition) => condition.value) };
}

function keysetCondition(order: string, request: { after: string | null; descending: boolean }, offset: number) {
  const [value, id] = decodeCursor(order, request.after ?? '');
  return { sql: `(${order}, id) ${request.descending ? '<' : '>'} ($${offset + 1}, $${offset + 2})`, values: [value, id] };
}

function encodeCursor(order: string, value: string, id: string): string {
  return Buffer.from(JSON.stringify([order, value, id])).toString('base64url');
}

/** A cursor of a list in another order is as wrong as a broken one. */
function decodeCursor(order: string, cursor: string): [string, string] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const parts = Array.isArray(parsed) && parsed.length === 3 && parsed.every((part) => typeof part === 'string') ? (parsed as [string, string, string]) : null;
    if (parts && parts[0] === order && isUuid(parts[2])) return [parts[1], parts[2]];
  } catch {
    /* below */
  }
  throw new BadCursor(cursor);
}
