// Subscriptions over a WebSocket, held to what holds over HTTP: a caller, the limits of documents, and answers that tell a code and no more.
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { getOperationAST, GraphQLError, NoSchemaIntrospectionCustomRule, parse, specifiedRules, validate, type DocumentNode, type ExecutionArgs, type GraphQLSchema } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import { contextOf, requestOf } from '../edge/context.js';
import { formatError } from '../edge/errors.js';
import { documentLimits, MAX_TOKENS } from '../edge/limits.js';
import type { Sessions } from '../edge/session.js';

export interface SocketSettings {
  readonly schema: GraphQLSchema;
  readonly sessions: Sessions;
  readonly logger: Logger;
}

/** A subscription is a short text. */
const MAX_MESSAGE = 64 * 1024;
const MAX_SOCKETS = 1_000;
const MAX_SUBSCRIPTIONS = 20;
/** How long a client may take to say who it is. */
const INIT_MS = 3_000;

/** Answers upgrades of /graphql until it is cut: nobody answers a subscription to an end, so its clients connect again elsewhere. */
export function serveSubscriptions(http: Server, { schema, sessions, logger }: SocketSettings): { cut(): void } {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE });
  const { validationRules } = documentLimits();
  const rules = [...specifiedRules, NoSchemaIntrospectionCustomRule, ...validationRules];
  const callerOf = (connectionParams: Readonly<Record<string, unknown>> = {}) => contextOf(sessions, logger, requestOf({ connectionParams }));
  useServer(
    {
      schema,
      connectionInitWaitTimeout: INIT_MS,
      onConnect: async ({ connectionParams, extra }) => {
        const known = await callerOf(connectionParams).then(() => true, () => false);
        if (!known) extra.socket.close(4401, 'UNAUTHENTICATED');
        return known;
      },
      onSubscribe: async ({ connectionParams, subscriptions }, _id, payload) => {
        if (Object.keys(subscriptions).length > MAX_SUBSCRIPTIONS) return [limit()];
        const asked = acceptable(schema, rules, payload);
        if (!('document' in asked)) return asked.slice(0, 3);
        try {
          return { ...asked, contextValue: await callerOf(connectionParams) };
        } catch (error) {
          return [error as GraphQLError];
        }
      },
      onNext: (...[, , , , { data = null, errors }]) => ({ data, ...(errors && { errors: errors.slice(0, 3).map((error) => formatError(error.toJSON(), error)) }) }),
      onError: (_context, _id, _payload, errors) => errors.map((error) => formatError(error.toJSON(), error)),
    },
    server,
  );
  const raw = new Set<Duplex>();
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    raw.add(socket);
    socket.once('close', () => raw.delete(socket));
    if (request.url !== '/graphql') return void socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
    if (server.clients.size >= MAX_SOCKETS) return void socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
    return server.handleUpgrade(request, socket, head, (client) => server.emit('connection', client, request));
  });
  return {
    cut: () => {
      for (const client of server.clients) client.close(1001, 'going away');
      // A client that never answers the goodbye must not keep the gateway.
      for (const socket of raw) socket.end(() => socket.destroy());
    },
  };
}

type Asked = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>;

/** Only a subscription: queries and mutations have their own way in. */
function acceptable(schema: GraphQLSchema, rules: Parameters<typeof validate>[2], { query, operationName, variables }: SubscribePayload): Asked | readonly GraphQLError[] {
  const document = parsed(query);
  if (document instanceof GraphQLError) return [document];
  const mistakes = validate(schema, document, rules, { maxErrors: 3 });
  if (mistakes.length > 0) return mistakes.map(mistaken);
  if (getOperationAST(document, operationName)?.operation !== 'subscription') return [new GraphQLError('only subscriptions', { extensions: { code: 'BAD_USER_INPUT' } })];
  return { schema, document, operationName: operationName ?? null, variableValues: variables ?? {} };
}

function parsed(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query, { maxTokens: MAX_TOKENS });
  } catch (error) {
    return (error as Error).message.includes('Parsing aborted') ? limit() : mistaken(error as GraphQLError);
  }
}

function mistaken(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, { ...(error.nodes && { nodes: error.nodes }), extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
}

function limit(): GraphQLError {
  return new GraphQLError('LIMIT_EXCEEDED', { extensions: { code: 'LIMIT_EXCEEDED' } });
}
