// An event as a Kafka message: headers and payload as they are, which for Tandem's own events is CloudEvents in binary mode
// (https://github.com/cloudevents/spec, Kafka protocol binding); key = aggregate id.
import { createHash } from 'node:crypto';
import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import type { DeliveredEvent, LogEvent } from '../port.js';

const CLOUD_ID = 'ce_id';
/** Only where the event's own headers do not say its id. */
const OWN_ID = 'tandem_id';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function messageOf({ id, key, headers, payload }: LogEvent, partition: number): Message {
  return { key, partition, headers: headers[CLOUD_ID] === id ? headers : { ...headers, [OWN_ID]: id }, value: Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength) };
}

/** Bytes that a message takes in a batch, about. */
export function sizeOf({ key, headers, payload }: LogEvent): number {
  let size = 150 + key.length * 3 + payload.byteLength;
  for (const name in headers) size += name.length + (headers[name]?.length ?? 0) * 3 + 8;
  return size;
}

/**
 * Whatever lies in the topic is delivered: what is not an event of ours (a tombstone, no id) arrives without headers, so that its consumer
 * parks it with its cause instead of stopping at it.
 */
export function eventOf(topic: string, partition: number, message: KafkaMessage): DeliveredEvent {
  const { [OWN_ID]: ownId, ...headers } = texts(message.headers);
  const position = BigInt(message.offset) + 1n;
  const id = ownId ?? headers[CLOUD_ID] ?? '';
  const isEvent = UUID.test(id) && message.value !== null;
  return {
    id: UUID.test(id) ? id : placeId(topic, partition, message.offset),
    topic,
    key: message.key?.toString() ?? '',
    headers: isEvent ? headers : {},
    payload: message.value ?? Buffer.alloc(0),
    partition,
    position,
  };
}

function texts(headers: IHeaders | undefined): Record<string, string> {
  const named: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) named[name] = last.toString();
  }
  return named;
}

/** The same each time the message is read. */
function placeId(topic: string, partition: number, offset: string): string {
  return createHash('sha256').update(`${topic} ${partition} ${offset}`).digest('hex').replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
}
