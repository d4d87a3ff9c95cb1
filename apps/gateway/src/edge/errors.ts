// What leaves the gateway when something failed: a code and the trace id. No message, no SQL, no stack, no hint of other fields.
import { status } from '@grpc/grpc-js';
import { refusalOf } from '@tandem/service-kit';
import { unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLFormattedError } from 'graphql';

const codes: Partial<Record<status, string>> = {
  [status.UNAUTHENTICATED]: 'UNAUTHENTICATED',
  [status.UNAVAILABLE]: 'UNAVAILABLE',
  [status.DEADLINE_EXCEEDED]: 'DEADLINE_EXCEEDED',
  [status.CANCELLED]: 'DEADLINE_EXCEEDED',
  [status.RESOURCE_EXHAUSTED]: 'LIMIT_EXCEEDED',
};

/** Apollo's own codes for what a caller wrote wrongly. */
const ofTheCaller = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT', 'OPERATION_RESOLUTION_FAILURE', 'BAD_REQUEST', 'PERSISTED_QUERY_NOT_SUPPORTED']);

/** How the document limits say that one is passed; what a caller writes cannot stand at the beginning. */
const overLimit = /^Syntax Error: [A-Za-z ]+ limit of \d+ exceeded/;

export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const original = unwrapResolverError(error);
  const { path } = formatted;
  const place = path ? { path } : {};
  const refusal = refusalOf(original);
  if (refusal) return { message: refusal.code, ...place, extensions: { code: refusal.code, kind: refusal.kind, details: refusal.details } };
  const { code, reason } = formatted.extensions ?? {};
  if (code === 'UNAUTHENTICATED' || code === 'LIMIT_EXCEEDED') return { message: String(code), ...place, extensions: { code, ...(typeof reason === 'string' && { reason }) } };
  if (typeof code === 'string' && ofTheCaller.has(code)) return mistake(code, formatted);
  const answer = typeof code === 'string' && Object.values(codes).includes(code) ? code : codeOf(original);
  return { message: answer, ...place, extensions: { code: answer } };
}

/** What a failed call of a service means to the caller. */
export function codeOf(error: unknown): string {
  const wire = (error as { code?: unknown } | null)?.code;
  return (typeof wire === 'number' ? codes[wire as status] : undefined) ?? 'INTERNAL';
}

/** What the caller wrote wrongly, or too much of. */
function mistake(code: string, formatted: GraphQLFormattedError): GraphQLFormattedError {
  if (overLimit.test(formatted.message)) return { message: 'LIMIT_EXCEEDED', extensions: { code: 'LIMIT_EXCEEDED', ...trace(formatted) } };
  return { message: callerMessage(code, formatted), ...locations(formatted), extensions: { code: 'BAD_USER_INPUT', ...trace(formatted) } };
}

/** The parser's word helps whoever writes a query. Suggestions name what the caller did not: of fields, and also of arguments, enum values and input fields. */
function callerMessage(code: string, { message }: GraphQLFormattedError): string {
  return code === 'OPERATION_RESOLUTION_FAILURE' ? 'no such operation' : message.replace(/ ?Did you mean .*$/s, '').slice(0, 200);
}

/** Of what was refused before the request's report began. */
function trace({ extensions }: GraphQLFormattedError): { traceId?: string } {
  const traceId = extensions?.['traceId'];
  return typeof traceId === 'string' ? { traceId } : {};
}

function locations({ locations: at }: GraphQLFormattedError): Pick<GraphQLFormattedError, 'locations'> {
  return at ? { locations: at } : {};
}
