// One W3C trace id, sent by the client with one mutation, is in the lines of everybody who had a part in it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { until } from '@tandem/test-kit';
import { ensureSampleRegion, sample } from './sample/region.js';
import { terms } from './probes/values.test-support.js';
import { aTandem, settle } from './probes/world.test-support.js';
import { documents, type PositionNode } from './story/steps.js';

interface Line {
  readonly service?: string;
  readonly part?: string;
  readonly traceId?: string;
  readonly msg: string;
}

it('gateway, demand, its relay and placement log the trace id of a decision that publishes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-trace-'));
  const file = join(folder, 'log');
  const tandem = await aTandem({}, { TANDEM_LOG_LEVEL: 'debug', TANDEM_LOG_FILE: file });
  try {
    const operator = await tandem.as('operator', 'OPERATOR');
    await ensureSampleRegion(operator);
    await settle(operator);
    const enterprise = await tandem.as('enterprise_hr', sample.electronics.code);
    const { node } = await enterprise.mutate<{ node: PositionNode }>(documents.draft, { terms: terms('样例岗位（虚构）') });
    const submitted = await enterprise.mutate<{ node: PositionNode }>(documents.submit, { id: node.id, version: node.version });
    const traceId = crypto.randomUUID().replaceAll('-', '');
    const input = { idempotencyKey: crypto.randomUUID(), decision: { position: node.id, positionVersion: submitted.node.version, decision: 'publish' } };
    const response = await fetch(`${tandem.running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await tandem.token('bureau_officer', sample.bureau.code)}`, traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
      body: JSON.stringify({ query: documents.decide, variables: { input } }),
    });
    expect(response.headers.get('tandem-trace-id')).toBe(traceId);
    const lines = () => readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Line).filter((line) => line.traceId === traceId);
    const wanted = ['gateway: request', 'demand: call', 'demand relay: event sent', 'demand: event applied', 'placement: event applied'];
    const found = () => new Set(lines().map(({ service, part, msg }) => `${service}${part ? ` ${part}` : ''}: ${msg}`));
    await until(() => wanted.every((line) => found().has(line)), { what: 'every part to log the trace id' });
    expect([...found()]).toEqual(expect.arrayContaining(wanted));
  } finally {
    await tandem.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
