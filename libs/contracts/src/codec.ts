// The CloudEvents Kafka binding in binary mode: attributes are headers, the payload is the value.
import { catalogue, type Payloads } from './generated/catalogue.js';
import { isKnownFact, parseEventType, topicOf, type AggregateName, type Event } from './event.js';

/** Headers and payload as an event log carries them. */
export interface Wire {
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Uint8Array;
}

/** Why a consumer parks an event that it cannot read. */
export class UndecodableEvent extends Error {
  constructor(readonly reason: string) {
    super(`undecodable event: ${reason}`);
    this.name = 'UndecodableEvent';
  }
}

export function encodeHeaders(event: Omit<Event, 'data' | 'topic'>): Record<string, string> {
  return {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_type: event.type,
    ce_source: `/tandem/${event.aggregate.split('.')[0]}`,
    ce_subject: event.key,
    ce_time: event.time.toISOString(),
    ce_sequence: String(event.sequence),
    ce_org: event.org,
    'content-type': 'application/protobuf',
    ...(event.parties.length > 0 && { ce_parties: event.parties.join(',') }),
    ...(event.traceparent && { ce_traceparent: event.traceparent }),
  };
}

export function encodePayload<A extends AggregateName>(aggregate: A, data: Payloads[A]): Uint8Array {
  const codec = catalogue[aggregate].codec as { encode(message: Payloads[A]): { finish(): Uint8Array } };
  return codec.encode(data).finish();
}

/** What can be read of an event without its payload; enough to order, hold and park it. */
export type Envelope = Omit<Event, 'data'>;

/** Throws `UndecodableEvent` for a missing attribute, another major version, or a type of another aggregate than the topic's. */
export function decodeEnvelope(wire: Wire): Envelope {
  const parsed = parseEventType(wire.headers['ce_type'] ?? '');
  if (!parsed) throw new UndecodableEvent('type');
  if (topicOf(parsed.aggregate) !== wire.topic) throw new UndecodableEvent('topic');
  if (!isUuid(wire.key)) throw new UndecodableEvent('key');
  assertCloudEvent(wire);
  return {
    id: wire.id,
    type: wire.headers['ce_type'] ?? '',
    ...parsed,
    topic: wire.topic,
    key: wire.key,
    sequence: sequenceOf(wire),
    org: orgOf(wire),
    parties: wire.headers['ce_parties']?.split(',') ?? [],
    // Time is data only: order is by sequence, so a clock that is wrong by decades harms nothing.
    time: timeOf(wire),
    traceparent: wire.headers['ce_traceparent'] ?? null,
  };
}

/** The attributes that CloudEvents 1.0 requires, and the id that the log itself carries. */
function assertCloudEvent({ id, headers }: Wire): void {
  if (headers['ce_specversion'] !== '1.0') throw new UndecodableEvent('specversion');
  if (headers['ce_id'] !== id) throw new UndecodableEvent('id');
  if (!headers['ce_source']) throw new UndecodableEvent('source');
}

/** Data only: an unreadable time is the beginning of time, because nothing is decided by it. */
function timeOf({ headers }: Wire): Date {
  const time = new Date(headers['ce_time'] ?? 0);
  return Number.isNaN(time.getTime()) ? new Date(0) : time;
}

function sequenceOf({ headers }: Wire): number {
  const sequence = Number(headers['ce_sequence']);
  if (!Number.isSafeInteger(sequence) || sequence < 1) throw new UndecodableEvent('sequence');
  return sequence;
}

function orgOf({ headers }: Wire): string {
  const org = headers['ce_org'] ?? '';
  if (!isUuid(org)) throw new UndecodableEvent('org');
  return org;
}

/** Decodes payload and envelope; a payload that names another aggregate or owner than its headers is undecodable. */
export function decodeEvent(wire: Wire): Event {
  const envelope = decodeEnvelope(wire);
  if (!isKnownFact(envelope.aggregate, envelope.fact)) throw new UndecodableEvent('fact');
  if (wire.payload.length === 0) throw new UndecodableEvent('empty payload');
  const data = decodePayload(envelope.aggregate, wire.payload);
  if (data.id !== envelope.key) throw new UndecodableEvent('payload id');
  if (data.org !== envelope.org) throw new UndecodableEvent('payload org');
  return { ...envelope, data };
}

function decodePayload(aggregate: AggregateName, payload: Uint8Array): Payloads[AggregateName] {
  try {
    return catalogue[aggregate].codec.decode(payload);
  } catch {
    throw new UndecodableEvent('payload');
  }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isUuid(text: string): boolean {
  return uuid.test(text);
}
