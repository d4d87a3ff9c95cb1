// From events to effects: handlers say what shall change, the targets are loaded once for each owner, rules run in order, one write each.
import { Refusal, type AggregateName, type Event, type Principal } from '@tandem/contracts';
import type { Tx } from '@tandem/persistence';
import type { Logger } from 'pino';
import { groupBy } from '../group-by.js';
import type { Aggregate, AggregateRow } from '../write/aggregate.js';
import { traceIdOf } from '../write/call.js';
import { next } from '../write/commands.js';
import { write, type Change, type Step } from '../write/statement.js';
import { WrongOwner } from './decoded.js';
import type { Handler, Reaction } from './reaction.js';

interface Context {
  readonly service: string;
  readonly logger: Logger;
  readonly today: () => string;
}
interface Intent {
  readonly event: Event;
  readonly reaction: Reaction;
}
export interface Ran {
  readonly refused: readonly { readonly eventId: string; readonly code: string }[];
  readonly changed: boolean;
}

export async function runReactions(tx: Tx, events: readonly Event[], handlers: ReadonlyMap<string, Handler>, context: Context): Promise<Ran> {
  const intents: Intent[] = [];
  for (const event of byOwner(events)) intents.push(...(await intentsOf(tx, event, handlers)));
  const refused: { eventId: string; code: string }[] = [];
  let changed = false;
  for (const group of groupBy(intents, targetOf).values()) changed = (await runGroup(tx, group, refused, context)) || changed;
  for (const event of events) context.logger.debug({ traceId: traceIdOf(event.traceparent), eventId: event.id, type: event.type }, 'event applied');
  return { refused, changed };
}

/** Owner by owner, so that the transaction changes sides once for each; what one aggregate did keeps its order. */
function byOwner(events: readonly Event[]): Event[] {
  const ownerOf = new Map<string, string>();
  for (const { key, org } of events) if (!ownerOf.has(key)) ownerOf.set(key, org);
  return [...groupBy(events, ({ key, org }) => ownerOf.get(key) ?? org).values()].flat();
}

async function intentsOf(tx: Tx, event: Event, handlers: ReadonlyMap<string, Handler>): Promise<Intent[]> {
  const handler = handlers.get(event.fact);
  if (!handler) return [];
  // A handler that looks at projections does so as the event's owner.
  if (handler.length > 1) tx.actAs({ org: event.org });
  const handled = await handler(event, tx);
  if (handled === null) return [];
  const reactions = Array.isArray(handled) ? (handled as readonly Reaction[]) : [handled as Reaction];
  return reactions.map((reaction) => ({ event, reaction }));
}

/** New and changed rows are written by two texts. */
function targetOf({ reaction: { aggregate, target, make } }: Intent): string {
  return `${aggregate.name} ${target.org} ${target.account ?? ''} ${make ? 'new' : ''}`;
}

/** All intents of one organisation on one kind of aggregate. */
async function runGroup(tx: Tx, intents: readonly Intent[], refused: { eventId: string; code: string }[], context: Context): Promise<boolean> {
  const [first] = intents;
  if (!first) return false;
  const { aggregate, target } = first.reaction;
  tx.actAs(target);
  const rows = await loadTargets(tx, aggregate, target.org, intents.map(({ reaction }) => reaction.target.id));
  const steps = new Map<string, Step<AggregateRow>[]>();
  const originals = new Map(rows);
  const begin = (row: AggregateRow, { id: requestId, traceparent }: Event): void => {
    rows.set(row.id, row);
    steps.set(row.id, [{ fact: first.reaction.fact(row, row) ?? '', row, cause: { requestId, traceparent } }]);
  };
  for (const { event, reaction } of intents) {
    const before = rows.get(reaction.target.id);
    if (reaction.make) {
      if (!before) begin(reaction.make({ id: reaction.target.id, org: target.org, version: 1, sequence: 1 }), event);
      continue;
    }
    if (!before) throw new WrongOwner(`${aggregate.name} ${reaction.target.id} is not a row of ${target.org}`);
    const after = applyRule(reaction, before, context.today(), ({ code, kind }) => {
      refused.push({ eventId: event.id, code });
      // Who may not, and tries through an event, is no everyday refusal.
      if (kind === 'permission_denied') context.logger.error({ alert: true, eventId: event.id, org: event.org, code }, 'event refused');
    });
    const fact = after === before ? null : reaction.fact(before, after);
    if (fact === null) continue;
    const row = next(before, after);
    rows.set(row.id, row);
    steps.set(row.id, [...(steps.get(row.id) ?? []), { fact, row, cause: { requestId: event.id, traceparent: event.traceparent } }]);
  }
  const changes = [...steps].map(([id, events]): Change<AggregateRow> => ({ row: rows.get(id) as AggregateRow, expected: originals.get(id)?.version ?? null, events }));
  if (changes.length > 0) write(tx, aggregate, changes, { principal: servicePrincipal(context.service, target.org), requestId: '', traceparent: null }, null);
  return changes.length > 0;
}

/** The rows that the named owner really owns. */
async function loadTargets(tx: Tx, { table }: Aggregate<AggregateName, AggregateRow>, org: string, ids: readonly string[]): Promise<Map<string, AggregateRow>> {
  // Locked in id order: a command on the same row waits instead of making the batch start again.
  const raws = await tx.query(`select * from ${table.name} where org = $1 and id = any($2::uuid[]) order by id for update`, [org, [...new Set(ids)]]);
  return new Map(raws.map((raw) => [raw['id'] as string, table.hydrate(raw)]));
}

function applyRule(reaction: Reaction, before: AggregateRow, today: string, refused: (refusal: Refusal) => void): AggregateRow {
  try {
    return reaction.rule(before, today);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refused(error);
    return before;
  }
}

/** A service acting by itself in an organisation that owns what it changes. */
export function servicePrincipal(service: string, org: string): Principal {
  return { account: serviceAccount(service), org, role: 'service', orgKind: 'operator', kind: 'service' };
}

/** A fixed account for each service, so that audit rows say who acted. */
function serviceAccount(service: string): string {
  const hex = Buffer.from(service.padEnd(6, '-').slice(0, 6)).toString('hex');
  return `00000000-0000-8000-8000-${hex}`;
}
