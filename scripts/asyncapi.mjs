// Writes docs/asyncapi.yaml (AsyncAPI 3) and docs/events.md from the image of proto/: what a consumer outside Tandem needs to know of each topic.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

const root = join(import.meta.dirname, '..');
const PARTITIONS = 24;
const THIRTY_DAYS_MS = 2_592_000_000;

/** The attributes of every event (CloudEvents 1.0, binary mode), as Kafka headers. */
const headers = {
  ce_specversion: ['1.0', 'always 1.0'],
  ce_id: ['uuid', 'of the event, UUIDv7: what was applied under an id is not applied again'],
  ce_type: ['string', 'context.aggregate.fact, for example demand.position.published'],
  ce_source: ['string', 'the service that tells it, for example /tandem/demand'],
  ce_subject: ['uuid', 'id of the aggregate; also the key of the message'],
  ce_time: ['date-time', 'when it was committed'],
  ce_sequence: ['integer', '1, 2, 3 of one aggregate, without a gap; compaction keeps the last'],
  ce_org: ['uuid', 'organisation that owns the aggregate'],
  ce_parties: ['string', 'other organisations that it concerns, comma separated; absent when there are none'],
  ce_traceparent: ['string', 'W3C trace context of the request that led to it; may be absent'],
};

/** `image`: buf's, as JSON, with comments. */
export function writeEventPages(image) {
  const aggregates = aggregatesIn(image);
  writeFileSync(join(root, 'docs/asyncapi.yaml'), `# Generated from proto/ by \`npm run generate\`.\n${stringify(asyncapi(aggregates), { lineWidth: 0, aliasDuplicateObjects: false })}`);
  writeFileSync(join(root, 'docs/events.md'), page(aggregates));
}

function aggregatesIn(image) {
  return image.file.flatMap((file) => {
    const comments = new Map((file.sourceCodeInfo?.location ?? []).filter((at) => at.leadingComments).map((at) => [at.path.join('.'), at.leadingComments.trim().replaceAll(/\s*\n\s*/g, ' ')]));
    return (file.messageType ?? []).flatMap((message, n) => {
      const facts = message.enumType?.find((type) => type.name === 'Fact');
      if (!facts) return [];
      const context = file.package.split('.')[1];
      const name = `${context}.${message.name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase()}`;
      const inner = (message.nestedType ?? []).map((nested, m) => ({ name: nested.name, fields: fieldsOf(nested, comments, `4.${n}.3.${m}`) }));
      return [{
        name,
        topic: `tandem.${name}`,
        message: `${file.package}.${message.name}`,
        file: file.name,
        words: comments.get(`4.${n}`) ?? '',
        facts: facts.value.slice(1).map((fact) => fact.name.replace(/^FACT_/, '').toLowerCase()),
        fields: fieldsOf(message, comments, `4.${n}`),
        inner,
      }];
    });
  });
}

function fieldsOf(message, comments, path) {
  return (message.field ?? []).map((field, n) => ({
    name: field.name,
    type: `${field.label === 'LABEL_REPEATED' ? 'repeated ' : ''}${field.typeName ? field.typeName.split('.').at(-1) : field.type.replace('TYPE_', '').toLowerCase()}`,
    words: comments.get(`${path}.2.${n}`) ?? '',
  }));
}

function asyncapi(aggregates) {
  const files = [...new Set(aggregates.map(({ file }) => file))];
  const idOf = (file) => file.split('/')[1];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Tandem events',
      version: '1.0.0',
      description: 'What each service of Tandem tells: one topic for each kind of aggregate, its last event kept for ever (compaction), everything for 30 days. Events carry ids and facts, never names, phones or other personal values. A consumer applies each ce_id once and keeps the order of each key.',
    },
    defaultContentType: 'application/protobuf',
    servers: { kafka: { host: 'kafka:9092', protocol: 'kafka', description: 'The brokers of the distributed profile (TANDEM_KAFKA).' } },
    channels: Object.fromEntries(aggregates.map((aggregate) => [aggregate.name, channel(aggregate)])),
    operations: Object.fromEntries(aggregates.map(({ name, facts }) => [`tell.${name}`, {
      action: 'send',
      channel: { $ref: `#/channels/${name}` },
      messages: facts.map((fact) => ({ $ref: `#/channels/${name}/messages/${fact}` })),
    }])),
    components: {
      messages: Object.fromEntries(aggregates.flatMap((aggregate) => aggregate.facts.map((fact) => [`${aggregate.name}.${fact}`, {
        name: `${aggregate.name}.${fact}`,
        headers: { $ref: '#/components/schemas/headers' },
        payload: { $ref: `#/components/schemas/${idOf(aggregate.file)}` },
        description: `Payload: message ${aggregate.message}, as the aggregate is after it was ${fact.replaceAll('_', ' ')}.`,
        bindings: { kafka: { key: { type: 'string', format: 'uuid', description: 'id of the aggregate' }, bindingVersion: '0.5.0' } },
      }]))),
      schemas: {
        headers: {
          type: 'object',
          properties: Object.fromEntries(Object.entries(headers).map(([name, [type, description]]) => [name, { type: 'string', ...(['uuid', 'date-time'].includes(type) && { format: type }), description }])),
          required: Object.keys(headers).filter((name) => !['ce_parties', 'ce_traceparent'].includes(name)),
        },
        ...Object.fromEntries(files.map((file) => [idOf(file), { schemaFormat: 'application/vnd.google.protobuf;version=3', schema: readFileSync(join(root, 'proto', file), 'utf8') }])),
      },
    },
  };
}

function channel({ name, topic, words, facts }) {
  return {
    address: topic,
    description: words,
    servers: [{ $ref: '#/servers/kafka' }],
    messages: Object.fromEntries(facts.map((fact) => [fact, { $ref: `#/components/messages/${name}.${fact}` }])),
    bindings: { kafka: { partitions: PARTITIONS, topicConfiguration: { 'cleanup.policy': ['compact'] }, 'x-min.compaction.lag.ms': THIRTY_DAYS_MS, bindingVersion: '0.5.0' } },
  };
}

function page(aggregates) {
  const rows = (fields) => fields.map(({ name, type, words }) => `| \`${name}\` | ${type} | ${words} |`);
  const table = (fields) => ['| Field | Type | |', '|---|---|---|', ...rows(fields), ''];
  return [
    '# Events',
    '',
    'Generated from `proto/` by `npm run generate`, like [asyncapi.yaml](asyncapi.yaml), which says the same to programs. One topic for each kind of aggregate, key = its id, payload = the',
    'aggregate after the fact (Protobuf), headers = CloudEvents 1.0 in binary mode. No event carries a name, a phone or another personal value.',
    '[examples/consumer](../examples/consumer) is a consumer outside Tandem in 40 lines.',
    '',
    '| Header | |',
    '|---|---|',
    ...Object.entries(headers).map(([name, [, words]]) => `| \`${name}\` | ${words} |`),
    '',
    ...aggregates.flatMap(({ topic, words, facts, message, fields, inner }) => [
      `## ${topic}`,
      '',
      words,
      '',
      `Facts: ${facts.map((fact) => `\`${fact}\``).join(', ')}. Payload: \`${message}\`.`,
      '',
      ...table(fields),
      ...inner.flatMap((nested) => [`\`${nested.name}\`:`, '', ...table(nested.fields)]),
    ]),
  ].join('\n');
}
