// One log line and one measurement a request; `stale` and the trace id go back to the caller.
import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import { refusalOf, traceIdOf } from '@tandem/service-kit';
import type { FormattedExecutionResult, GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { RequestContext } from './request.js';

export interface ReportTo {
  readonly logger: Logger;
  readonly observe: (operation: string, outcome: 'ok' | 'error', seconds: number) => void;
}

const MOST_ERRORS = 3;

/** Neither what the caller wrote nor a refusal of a service. */
function isDefect({ extensions, originalError }: GraphQLError): boolean {
  const { code } = extensions;
  return (code === undefined || code === 'INTERNAL_SERVER_ERROR') && refusalOf(originalError) === null;
}

export function requestReport({ logger, observe }: ReportTo): ApolloServerPlugin<BaseContext> {
  return {
    requestDidStart: async () => {
      const started = performance.now();
      return {
        didEncounterErrors: async ({ errors, contextValue }) => {
          const traceId = contextValue instanceof RequestContext ? traceIdOf(contextValue.traceparent) : null;
          for (const error of errors) if (isDefect(error)) logger.error({ traceId, path: error.path, err: error.originalError ?? error }, 'request failed');
        },
        willSendResponse: async ({ response, contextValue, operationName, operation }) => {
          const context = contextValue instanceof RequestContext ? contextValue : null;
          const traceId = context && traceIdOf(context.traceparent);
          if (traceId) response.http.headers.set('tandem-trace-id', traceId);
          if (response.body.kind !== 'single') return;
          const result = (response.body.singleResult = told(response.body.singleResult, context, traceId));
          const seconds = (performance.now() - started) / 1000;
          const outcome = result.errors ? 'error' : 'ok';
          observe(operation?.operation ?? 'none', outcome, seconds);
          logger.debug({ traceId, operation: operationName ?? null, org: context?.principal.org, outcome, ms: Math.round(seconds * 1000) }, 'request');
        },
      };
    },
  };
}

/** At most three errors, each with the trace id; and whether a service answered without having seen what the caller has. */
function told(result: FormattedExecutionResult, context: RequestContext | null, traceId: string | null): FormattedExecutionResult {
  const errors = result.errors?.slice(0, MOST_ERRORS).map((error) => (traceId ? { ...error, extensions: { ...error.extensions, traceId } } : error));
  return { ...result, ...(errors && { errors }), ...(context?.stale && { extensions: { ...result.extensions, stale: true } }) };
}
