// docs/asyncapi.yaml is a valid AsyncAPI 3 document and leaves out no topic and no fact.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import addFormats from 'ajv-formats';
import { Ajv } from 'ajv';
import { parse } from 'yaml';

interface Document {
  readonly channels: Readonly<Record<string, { readonly address: string; readonly messages: object }>>;
}

const document = parse(readFileSync(join(import.meta.dirname, '../docs/asyncapi.yaml'), 'utf8')) as Document;

it('is valid AsyncAPI 3.0.0', () => {
  const schema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json') as object;
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  validate(document);
  expect(validate.errors ?? []).toEqual([]);
});

it('has a channel for each aggregate, with each of its facts', () => {
  const said = Object.fromEntries(Object.entries(document.channels).map(([name, { messages }]) => [name, Object.keys(messages).sort()]));
  const catalogue = readFileSync(join(import.meta.dirname, '../libs/contracts/src/generated/catalogue.ts'), 'utf8');
  const known = [...catalogue.matchAll(/'([a-z_.]+)': \{ codec: \w+, facts: \[([^\]]*)\]/g)].map(([, name = '', facts = '']) => [name, facts.replaceAll("'", '').split(', ').sort()] as const);
  expect(known.length).toBeGreaterThan(15);
  expect(said).toEqual(Object.fromEntries(known));
});
