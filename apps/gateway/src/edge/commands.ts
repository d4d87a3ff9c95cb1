// From a mutation to a command: idempotency key, acting on behalf, and a refusal as `userErrors` instead of an error.
import { Injectable } from '@nestjs/common';
import { isUuid, Refusal, refusals, type Done, type Job, type Outcomes, type Principal } from '@tandem/contracts';
import { refusalOf, type CallContext } from '@tandem/service-kit';
import { absent, type Absent } from './absent.js';
import { localId } from './ids.js';
import type { RequestContext } from './request.js';
import { Services } from './services.js';

export interface CommandInput {
  readonly idempotencyKey: string;
  readonly onBehalfOf?: string | null;
}

export interface UserError {
  readonly code: string;
  readonly kind: string;
  readonly field: string | null;
  readonly row: number | null;
  readonly details: string;
}

export interface Payload<Node> {
  readonly node: Node | null;
  readonly seen: Done['seen'] | null;
  readonly userErrors: readonly UserError[];
}

export interface BulkPayload {
  readonly results: readonly { readonly id: string | null; readonly version: number | null; readonly error: UserError | null }[];
  readonly seen: readonly NonNullable<Done['seen']>[];
  readonly job: Absent<Job> | null;
  readonly userErrors: readonly UserError[];
}

type Loader<Node> = (call: CallContext, id: string) => Promise<Node | null | undefined>;

const refuseKey = refusals('idempotency', { bad_key: 'invalid_argument' });
const refuseDelegation = refusals('delegation', { unknown: 'aborted' });

@Injectable()
export class GatewayCommands {
  constructor(private readonly services: Services) {}

  /** Runs the command, then reads the node in the service that answered. */
  async run<Node>(context: RequestContext, input: CommandInput, command: (call: CallContext) => Promise<Done>, load: Loader<Node>): Promise<Payload<Node>> {
    try {
      const call = await this.callOf(context, input);
      const done = await command(call);
      const node = (await load(withoutKey(call), done.id)) ?? null;
      return { node, seen: done.seen ?? null, userErrors: [] };
    } catch (error) {
      return { node: null, seen: null, userErrors: [userErrorOf(refusedOrThrow(error))] };
    }
  }

  /** A bulk command: each item's outcome in input order; `userErrors` only where all were refused as one. */
  async runMany(context: RequestContext, input: CommandInput, toGlobal: (id: string) => string, command: (call: CallContext) => Promise<Outcomes>): Promise<BulkPayload> {
    try {
      const { outcomes, job } = await command(await this.callOf(context, input));
      const results = outcomes.map(({ done, refused }, row) => ({
        id: done ? toGlobal(done.id) : null,
        version: done?.version ?? null,
        error: refused ? { code: refused.code, kind: refused.kind, field: refused.field || null, row, details: refused.details } : null,
      }));
      return { results, seen: outcomes.flatMap(({ done }) => (done?.seen ? [done.seen] : [])), job: job ? absent(job) : null, userErrors: [] };
    } catch (error) {
      return { results: [], seen: [], job: null, userErrors: [userErrorOf(refusedOrThrow(error))] };
    }
  }

  /** A command whose answer is not an aggregate. */
  async answer<Answer>(context: RequestContext, input: CommandInput, nothing: Answer, command: (call: CallContext) => Promise<Answer>): Promise<Answer & { readonly userErrors: readonly UserError[] }> {
    try {
      return { ...(await command(await this.callOf(context, input))), userErrors: [] };
    } catch (error) {
      return { ...nothing, userErrors: [userErrorOf(refusedOrThrow(error))] };
    }
  }

  private async callOf(context: RequestContext, { idempotencyKey, onBehalfOf }: CommandInput): Promise<CallContext> {
    if (!/^[\x21-\x7e]{1,100}$/.test(idempotencyKey)) throw refuseKey.bad_key({ field: 'idempotencyKey' });
    if (!onBehalfOf) return context.call({ key: idempotencyKey });
    return context.call({ key: idempotencyKey, principal: await this.behalf(context, localId('Delegation', onBehalfOf)) });
  }

  /** The enterprise's principal with the park behind it; whether the delegation still lives is checked in the command's transaction. */
  private async behalf(context: RequestContext, id: string): Promise<Principal> {
    const { delegations } = isUuid(id) ? await this.services.delegations.batchGetDelegations(context.call(), { ids: [id] }) : { delegations: [] };
    const delegation = delegations.find(({ parkOrg }) => parkOrg === context.principal.org);
    if (!delegation) throw refuseDelegation.unknown({ field: 'onBehalfOf' });
    return { ...context.principal, org: delegation.enterpriseOrg, orgKind: 'enterprise', onBehalfOf: { org: context.principal.org, delegation: id } };
  }
}

function withoutKey({ key: _key, ...call }: CallContext): CallContext {
  return call;
}

function refusedOrThrow(error: unknown): Refusal {
  const refusal = error instanceof Refusal ? error : refusalOf(error);
  if (!refusal) throw error;
  return refusal;
}

function userErrorOf({ code, kind, details }: Refusal): UserError {
  const { field, row } = details;
  return { code, kind, field: typeof field === 'string' ? field : null, row: typeof row === 'number' ? row : null, details: JSON.stringify(details) };
}
