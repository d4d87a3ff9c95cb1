// What a request may cost, checked before any resolver runs.
import { ApolloArmor } from '@escape.tech/graphql-armor';
import { traceIdOf } from '@tandem/service-kit';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { GraphQLError } from 'graphql';
import { RequestContext } from './request.js';
import type { Sessions } from './session.js';

const KIB = 1024;
export const BODY_LIMIT = 256 * KIB;
/** A bulk mutation of 1,000 items from somebody we know. */
export const SIGNED_IN_BODY_LIMIT = 1024 * KIB;
const JSON_DEPTH = 32;
export const MAX_TOKENS = 2_000;

/** Aliases, depth, tokens, directives and cost; no suggestions. Nothing is resolved for what this refuses. */
export function documentLimits() {
  const armor = new ApolloArmor({
    maxAliases: { n: 15 },
    maxDepth: { n: 8, flattenFragments: true },
    maxTokens: { n: MAX_TOKENS },
    maxDirectives: { n: 20 },
    costLimit: { maxCost: 20_000, objectCost: 2, scalarCost: 1, depthCostFactor: 1.2, ignoreIntrospection: true },
    blockFieldSuggestion: { enabled: true },
  });
  const { plugins, validationRules } = armor.protect();
  return { plugins: plugins.map(traced), validationRules };
}

type Plugin = ReturnType<ApolloArmor['protect']>['plugins'][number];

/**
 * The token limit throws out of the pipeline, where nothing reports the request, so what it refuses is given its trace id here. Left alone,
 * its plugin answers every unexpected error as the caller's mistake, with the error's own words; what is no GraphQL error stays a defect.
 */
function traced(plugin: Plugin): Plugin {
  if (!plugin.unexpectedErrorProcessingRequest) return plugin;
  return {
    ...plugin,
    unexpectedErrorProcessingRequest: async ({ error, requestContext }) => {
      if (!(error instanceof GraphQLError)) return;
      const context: unknown = requestContext.contextValue;
      const traceId = context instanceof RequestContext ? traceIdOf(context.traceparent) : null;
      throw new GraphQLError(error.message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED', ...(traceId && { traceId }) } });
    },
  };
}

/** Reads a JSON body: 256 KiB, or 1 MiB behind a verified token; nested at most 32 deep, in whole characters. */
export function jsonBody(sessions: Sessions): RequestHandler {
  const small = express.json({ limit: BODY_LIMIT });
  const large = express.json({ limit: SIGNED_IN_BODY_LIMIT });
  return (request: Request, response: Response, next: NextFunction): void => {
    void sessions.verified(request.headers.authorization).then((caller) => {
      (caller ? large : small)(request, response, (error?: unknown) => {
        if (error !== undefined) return refuse(response, (error as { type?: string }).type === 'entity.too.large' ? 413 : 400);
        if (!acceptable(request.body, JSON_DEPTH)) return refuse(response, 400);
        return next();
      });
    }, next);
  };
}

function refuse(response: Response, status: number): void {
  const code = status === 413 ? 'LIMIT_EXCEEDED' : 'BAD_USER_INPUT';
  response.status(status).json({ errors: [{ message: code, extensions: { code } }] });
}

/** Half a character: UTF-8 cannot write it, so a service would store another one without a word. */
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Not too deep, and every text can be passed on as it is. Without recursion: 20,000 brackets must not be a stack overflow. */
function acceptable(body: unknown, depth: number): boolean {
  let level: unknown[] = [body];
  for (let n = 0; level.length > 0; n += 1) {
    if (n > depth || level.some((value) => typeof value === 'string' && loneSurrogate.test(value))) return false;
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? (Object.values(value) as unknown[]) : []));
  }
  return true;
}
