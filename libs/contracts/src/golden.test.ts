// The bytes and headers of every event, as other releases and other programs read them. A file changes only with
// TANDEM_TEST_WRITE_GOLDEN=1, and its diff is the change of the contract.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { decodeEvent, encodeHeaders, encodePayload } from './codec.js';
import { eventType, topicOf, type AggregateName } from './event.js';
import { aggregates, exampleEvent, examples } from './examples.test-support.js';
import { catalogue } from './generated/catalogue.js';

interface Golden {
  readonly topic: string;
  /** The types that the topic may carry. */
  readonly types: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** Hex of the whole state, and of what is told of one that is private. */
  readonly payload: string;
  readonly privatePayload: string;
}

const folder = join(import.meta.dirname, '../golden');
const fileOf = (aggregate: AggregateName): string => join(folder, `${aggregate}.json`);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const isWriting = process.env['TANDEM_TEST_WRITE_GOLDEN'] === '1';

function today(aggregate: AggregateName): Golden {
  const { data, ...event } = exampleEvent(aggregate);
  return {
    topic: topicOf(aggregate),
    types: catalogue[aggregate].facts.map((fact) => eventType(aggregate, fact)),
    headers: encodeHeaders(event),
    payload: hex(encodePayload(aggregate, data)),
    privatePayload: hex(encodePayload(aggregate, { ...data, public: undefined })),
  };
}

function golden(aggregate: AggregateName): Golden {
  if (isWriting) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(fileOf(aggregate), `${JSON.stringify(today(aggregate), null, 2)}\n`);
  }
  return JSON.parse(readFileSync(fileOf(aggregate), 'utf8')) as Golden;
}

it.each(aggregates)('%s has the headers and bytes of its golden file', (aggregate) => {
  expect(today(aggregate)).toEqual(golden(aggregate));
});

it.each(aggregates)('%s is read from its golden file, whole and private', (aggregate) => {
  const { topic, headers, payload, privatePayload } = golden(aggregate);
  const event = exampleEvent(aggregate);
  const wire = (bytes: string) => ({ id: event.id, key: event.key, topic, headers, payload: Buffer.from(bytes, 'hex') });
  expect(decodeEvent(wire(payload))).toEqual(event);
  expect(decodeEvent(wire(privatePayload))).toEqual({ ...event, data: { ...event.data, public: undefined } });
});

it.each(aggregates)('the example of %s leaves no field empty, so that its bytes show every field', (aggregate) => {
  expect(emptyFields(examples[aggregate])).toEqual([]);
});

it('has no golden file but of the aggregates there are', () => {
  expect(existsSync(folder) ? readdirSync(folder).sort() : []).toEqual(aggregates.map((aggregate) => `${aggregate}.json`).sort());
});

function emptyFields(value: object, path = ''): string[] {
  return Object.entries(value).flatMap(([name, field]: [string, unknown]) => {
    if (Array.isArray(field)) return field.length === 0 ? [path + name] : field.flatMap((item) => (typeof item === 'object' ? emptyFields(item as object, `${path}${name}.`) : []));
    if (typeof field === 'object' && field !== null) return emptyFields(field, `${path}${name}.`);
    return field ? [] : [path + name];
  });
}
