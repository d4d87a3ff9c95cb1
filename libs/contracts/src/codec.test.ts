// Events on the wire: CloudEvents 1.0 in the Kafka binding's binary mode, and why one cannot be read.
import { describe, expect, it } from '@jest/globals';
import { decodeEnvelope, decodeEvent, encodeHeaders, encodePayload, isUuid, UndecodableEvent, type Wire } from './codec.js';
import { aggregates, exampleEvent } from './examples.test-support.js';
import { catalogue } from './generated/catalogue.js';
import type { AggregateName, Event } from './event.js';

const everyFact = aggregates.flatMap((aggregate) => catalogue[aggregate].facts.map((fact) => [aggregate, fact] as const));

function wireOf(event: Event): Wire {
  return { id: event.id, topic: event.topic, key: event.key, headers: encodeHeaders(event), payload: encodePayload(event.aggregate, event.data) };
}

function withHeader(name: string, value: string | undefined): Wire {
  const { [name]: _gone, ...rest } = position.headers;
  return { ...position, headers: value === undefined ? rest : { ...rest, [name]: value } };
}

const event = exampleEvent('demand.position', 'published');
const position = wireOf(event);
const elsewhere = '018f3a5e-0000-7000-8000-0000000000ff';
const payloadOf = (aggregate: AggregateName, change: object): Uint8Array => encodePayload(aggregate, { ...exampleEvent(aggregate).data, ...change });

describe('an event', () => {
  it.each(everyFact)('%s.%s comes back as it went', (aggregate, fact) => {
    const went = exampleEvent(aggregate, fact);
    expect(decodeEvent(wireOf(went))).toEqual(went);
  });

  it('comes back without parties and trace when it had none', () => {
    const went = { ...event, parties: [], traceparent: null };
    expect(Object.keys(wireOf(went).headers)).not.toContain('ce_parties');
    expect(decodeEvent(wireOf(went))).toEqual(went);
  });

  it('of another minor release is read: fields that this one does not know are passed over', () => {
    const unknownField = Buffer.concat([position.payload, Buffer.from([0xfa, 0x01, 0x02, 0x68, 0x69])]);
    expect(decodeEvent({ ...position, payload: unknownField })).toEqual(event);
  });
});

describe('headers', () => {
  const headers = encodeHeaders(event);
  const attributes = Object.keys(headers).filter((name) => name !== 'content-type');

  // CloudEvents 1.0, Required Attributes: id, source, specversion, type; each a string that is not empty.
  it.each([
    ['ce_id', event.id],
    ['ce_source', '/tandem/demand'],
    ['ce_specversion', '1.0'],
    ['ce_type', 'tandem.demand.position.published.v1'],
  ])('carry the required attribute %s', (name, value) => {
    expect(headers[name]).toBe(value);
  });

  it('name attributes as CloudEvents allows: ce_, then lower-case letters and digits, at most 20', () => {
    expect(attributes.filter((name) => !/^ce_[a-z0-9]{1,20}$/.test(name))).toEqual([]);
  });

  it('give the time in RFC 3339, in UTC', () => {
    expect(headers['ce_time']).toBe('2026-09-01T01:02:03.004Z');
  });

  it('say what the payload is by the header that the Kafka binding names', () => {
    expect(headers['content-type']).toBe('application/protobuf');
  });
});

describe('an event is undecodable', () => {
  it.each<[reason: string, what: string, wire: Wire]>([
    ['type', 'has no type', withHeader('ce_type', undefined)],
    ['type', 'is of another major version', withHeader('ce_type', 'tandem.demand.position.published.v2')],
    ['type', 'is of an aggregate that this release does not know', withHeader('ce_type', 'tandem.demand.wish.made.v1')],
    ['type', 'names what every object has', withHeader('ce_type', 'tandem.demand.constructor.made.v1')],
    ['topic', 'lies in the topic of another aggregate', { ...position, topic: 'tandem.demand.review' }],
    ['sequence', 'has no sequence', withHeader('ce_sequence', undefined)],
    ['sequence', 'counts from 0', withHeader('ce_sequence', '0')],
    ['sequence', 'has a sequence that is no whole number', withHeader('ce_sequence', '1.5')],
    ['sequence', 'has a sequence that a number cannot hold', withHeader('ce_sequence', '9007199254740993')],
    ['sequence', 'has a sequence that is no number', withHeader('ce_sequence', 'seven')],
    ['org', 'has no owner', withHeader('ce_org', undefined)],
    ['org', 'has an owner that is no id', withHeader('ce_org', "' or 1=1")],
    ['key', 'has a key that is no id', { ...position, key: 'position-1' }],
    ['fact', 'names a fact that this release does not know', withHeader('ce_type', 'tandem.demand.position.extended.v1')],
    ['empty payload', 'has no payload', { ...position, payload: new Uint8Array() }],
    ['payload', 'has a payload that is cut off', { ...position, payload: position.payload.subarray(0, 20) }],
    ['payload', 'has a payload that is no Protobuf', { ...position, payload: Buffer.from('{"id":1}') }],
    ['payload id', 'tells of another aggregate than its key', { ...position, payload: payloadOf('demand.position', { id: elsewhere }) }],
    ['payload org', 'tells of another owner than its headers', { ...position, payload: payloadOf('demand.position', { org: elsewhere }) }],
  ])('for its %s when it %s', (reason, _what, wire) => {
    expect(() => decodeEvent(wire)).toThrow(new UndecodableEvent(reason));
  });

  it('but has an envelope as long as its headers are whole, so that it can be ordered, held and parked', () => {
    const { data: _data, ...envelope } = event;
    expect(decodeEnvelope({ ...position, payload: Buffer.from('rubbish') })).toEqual(envelope);
    expect(decodeEnvelope(withHeader('ce_type', 'tandem.demand.position.extended.v1'))).toEqual({ ...envelope, fact: 'extended', type: 'tandem.demand.position.extended.v1' });
  });
});

it.each([
  ['018f3a5e-0000-7000-8000-000000000001', true],
  ['018F3A5E-0000-7000-8000-000000000001', false],
  ['018f3a5e-0000-7000-8000-000000000001\n', false],
  ['', false],
])('isUuid(%j) is %s', (text, is) => {
  expect(isUuid(text)).toBe(is);
});
