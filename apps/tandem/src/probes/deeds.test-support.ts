// Mutations by name: their documents follow from the schema.
import { until } from '@tandem/test-kit';
import type { Session } from '../commands/client.js';
import { gatewaySchema } from './schema.test-support.js';

export interface At {
  readonly id: string;
  readonly version: number;
}
interface BulkResult {
  readonly results: readonly { readonly id: string; readonly version: number; readonly error: { readonly code: string; readonly details: string } | null }[];
  readonly job: { readonly id: string } | null;
}

const mutations = gatewaySchema().getMutationType()?.getFields() ?? {};

export function documentOfDeed(name: string): string {
  const mutation = mutations[name];
  if (!mutation) throw new Error(`there is no mutation ${name}`);
  const answer = String(mutation.type) === 'BulkPayload!' ? 'results { id version error { code details } } job { id }' : 'node { id version }';
  return `mutation ($input: ${String(mutation.args[0]?.type)}) { ${name}(input: $input) { ${answer} seen { topic id sequence } userErrors { code details } } }`;
}

/** Where the one aggregate stands afterwards; a refusal throws. */
export async function doOne(session: Session, name: string, input: Record<string, unknown>): Promise<At> {
  return (await session.mutate<{ node: At }>(documentOfDeed(name), input)).node;
}

/** Where each stands afterwards; one that is refused throws. */
export async function doMany(session: Session, name: string, input: Record<string, unknown>): Promise<At[]> {
  const { results } = await session.mutate<BulkResult>(documentOfDeed(name), input);
  const refused = results.find(({ error }) => error !== null);
  if (refused) throw new Error(`${name}: ${refused.error?.code} ${refused.error?.details}`);
  return results.map(({ id, version }) => ({ id, version }));
}

/** Ends when the job of the command does. */
export async function doJob(session: Session, name: string, input: Record<string, unknown>): Promise<void> {
  const { job } = await session.mutate<BulkResult>(documentOfDeed(name), input);
  const ended = await until(async () => {
    const now = await session.query<{ state: string; failure: string | null }>('query ($id: String!) { job(id: $id) { state failure } }', { id: job?.id });
    return now.state === 'running' ? null : now;
  }, { what: `${name} to end`, deadlineMs: 30_000 });
  if (ended.state !== 'done') throw new Error(`${name}: ${ended.state} ${ended.failure}`);
}

/** The version that a node has now. */
export async function versionOf(session: Session, type: string, id: string): Promise<At> {
  return session.query<At>(`query ($id: ID!) { node(id: $id) { ... on ${type} { id version } } }`, { id });
}
