// Who a request is from. Everything in this schema needs a caller.
import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { traceIdOf } from '@tandem/service-kit';
import { codeOf } from './errors.js';
import { RequestContext, traceparentOf } from './request.js';
import type { Sessions } from './session.js';

export type EdgeRequest = Pick<Request, 'headers'>;

/** An HTTP request, or a WebSocket whose first message carries what headers would. */
export interface EdgeConnection {
  readonly req?: EdgeRequest;
  readonly connectionParams?: Readonly<Record<string, unknown>>;
}

export function requestOf({ req, connectionParams }: EdgeConnection): EdgeRequest {
  if (req && !connectionParams) return req;
  const named = ['authorization', 'tandem-seen', 'traceparent'].map((name) => [name, connectionParams?.[name]] as const);
  return { headers: Object.fromEntries(named.filter((entry): entry is readonly [string, string] => typeof entry[1] === 'string')) };
}

export async function contextOf(sessions: Sessions, logger: Logger, request: EdgeRequest): Promise<RequestContext> {
  const { headers } = request;
  const traceparent = traceparentOf(one(headers['traceparent']));
  const requestId = randomUUID();
  const principal = await sessions.principal(headers.authorization, requestId, traceparent).catch((error: unknown) => {
    if (error instanceof GraphQLError) throw error;
    logger.error({ traceId: traceIdOf(traceparent), err: error }, 'caller not resolved');
    throw new GraphQLError(codeOf(error), { extensions: { code: codeOf(error), http: { status: 503 } } });
  });
  if (!principal) throw new GraphQLError('UNAUTHENTICATED', { extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } } });
  return new RequestContext(principal, requestId, traceparent, { seen: one(headers['tandem-seen']) ?? '', again: () => contextOf(sessions, logger, request) });
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
