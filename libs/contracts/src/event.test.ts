import { describe, expect, it } from '@jest/globals';
import { eventType, isKnownFact, parseEventType, topicOf } from './event.js';
import { aggregates } from './examples.test-support.js';
import { catalogue } from './generated/catalogue.js';

describe('the catalogue', () => {
  it.each(aggregates)('%s is named service.aggregate and has facts in the past tense of one word or more', (aggregate) => {
    expect(aggregate).toMatch(/^[a-z]+\.[a-z_]+$/);
    expect(catalogue[aggregate].facts.length).toBeGreaterThan(0);
    expect(catalogue[aggregate].facts.filter((fact) => !/^[a-z_]+$/.test(fact))).toEqual([]);
  });

  it('gives every event a type of its own', () => {
    const types = aggregates.flatMap((aggregate) => catalogue[aggregate].facts.map((fact) => eventType(aggregate, fact)));
    expect(new Set(types).size).toBe(types.length);
  });
});

describe('an event type', () => {
  it('is read back into what it was made of', () => {
    expect(parseEventType(eventType('demand.position', 'seats_changed'))).toEqual({ aggregate: 'demand.position', fact: 'seats_changed' });
  });

  it.each([
    ['', 'nothing'],
    ['demand.position.published', 'a name without prefix and version'],
    ['tandem.demand.position.published.v2', 'another major version'],
    ['tandem.demand.position.published.v11', 'a version that only begins like this one'],
    ['tandem.demand.wish.made.v1', 'an aggregate that is not in the catalogue'],
    ['xtandem.demand.position.published.v1', 'another prefix'],
    ['tandem.demand.position.published.v1\n', 'a line feed at the end'],
  ])('%j is none: %s', (type) => {
    expect(parseEventType(type)).toBeNull();
  });

  it('may name a fact of a newer release, which is then not known', () => {
    expect(parseEventType('tandem.demand.position.extended.v1')).toEqual({ aggregate: 'demand.position', fact: 'extended' });
    expect(isKnownFact('demand.position', 'extended')).toBe(false);
    expect(isKnownFact('demand.position', 'published')).toBe(true);
  });
});

it('topicOf gives each aggregate a topic of its own', () => {
  expect(topicOf('demand.position')).toBe('tandem.demand.position');
  expect(new Set(aggregates.map(topicOf)).size).toBe(aggregates.length);
});
