// Every call passes here: token, role, schema, read-your-writes, log line, and the one place where an error becomes a gRPC status.
import { createHash } from 'node:crypto';
import { Metadata, status, type ServerUnaryCall } from '@grpc/grpc-js';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import { Refusal, refusals } from '@tandem/contracts';
import { BadCursor } from '@tandem/persistence';
import { defer, from, mergeMap, catchError, throwError, tap, type Observable } from 'rxjs';
import type { Logger } from 'pino';
import type { ZodError } from 'zod';
import type { Applied, SeenEvent } from '../consume/applied.js';
import type { BusinessClock } from '../consume/business-clock.js';
import type { Metrics } from '../run/metrics.js';
import { traceIdOf, type Call } from '../write/call.js';
import { isOutage } from '../write/database-errors.js';
import { definitionOf, edgeOf, type Edge } from './rpc.js';
import { wireErrorOf, type WireError } from './status.js';
import type { Caller, TokenVerifier } from './token.js';

const refuse = refusals('call', { role: 'permission_denied' });
const refuseInput = refusals('input', { invalid: 'invalid_argument', cursor: 'invalid_argument' });

export interface EdgeContext {
  readonly service: string;
  readonly verifier: TokenVerifier;
  readonly applied: Applied;
  readonly clock: BusinessClock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

type GrpcCall = ServerUnaryCall<object, object>;

/** A call before anything of it is believed. */
interface Arrival {
  readonly edge: Edge;
  readonly method: string;
  readonly request: unknown;
  readonly bytes: Buffer;
  readonly metadata: Metadata;
  readonly grpc: GrpcCall;
}

@Injectable()
export class EdgeInterceptor implements NestInterceptor {
  constructor(private readonly context: EdgeContext) {}

  intercept(execution: ExecutionContext, handler: CallHandler): Observable<unknown> {
    const args = execution.getArgs<[unknown, Metadata | Call, GrpcCall]>();
    const [request, metadata, grpc] = args;
    const edge = edgeOf(execution.getClass(), execution.getHandler().name);
    if (!edge || !(metadata instanceof Metadata)) return throwError(() => rpcError({ code: status.INTERNAL, details: 'internal' }));
    const method = `${execution.getClass().name}.${execution.getHandler().name}`;
    const started = performance.now();
    const bytes = requestBytes(execution, request);
    return defer(() => from(this.admit({ edge, method, request, bytes, metadata, grpc }))).pipe(
      mergeMap(({ call, input }) => {
        // The handler's own arguments: the verified call and the checked input instead of the raw message and metadata.
        args.splice(0, args.length, call as never, input as never);
        return handler.handle().pipe(tap({ next: () => this.report(method, call, started, 'ok') }));
      }),
      catchError((error: unknown) => throwError(() => this.answer(error, method, metadata, started))),
    );
  }

  private async admit({ edge, method, request, bytes, metadata, grpc }: Arrival): Promise<{ call: Call; input: unknown }> {
    const caller = await this.verified(metadata);
    if (edge.roles.length > 0 && !edge.roles.includes(caller.principal.role)) throw refuse.role({ role: caller.principal.role });
    const parsed = edge.schema.safeParse(request);
    if (!parsed.success) throw invalidInput(parsed.error);
    const { clock, applied } = this.context;
    const call: Call = {
      ...caller,
      traceparent: text(metadata, 'traceparent'),
      now: clock.now(),
      today: clock.today(),
      key: text(metadata, 'tandem-key'),
      requestHash: createHash('sha256').update(`${method}\n${caller.principal.account}\n`).update(bytes).digest(),
    };
    const seen = seenOf(metadata);
    if (seen.length > 0 && !(await applied.past(seen))) {
      const stale = new Metadata();
      stale.set('tandem-stale', '1');
      grpc.sendMetadata(stale);
    }
    return { call, input: parsed.data };
  }

  private async verified(metadata: Metadata): Promise<Caller> {
    const token = text(metadata, 'authorization')?.replace(/^Bearer /, '');
    const caller = token ? await this.context.verifier.verify(token, this.context.service) : null;
    if (!caller) throw new Unauthenticated();
    return caller;
  }

  private answer(error: unknown, method: string, metadata: Metadata, started: number): RpcException {
    const traceId = traceIdOf(text(metadata, 'traceparent'));
    const answered = error instanceof BadCursor ? refuseInput.cursor({ field: 'after' }) : error;
    const outcome = answered instanceof Refusal ? answered.code : answered instanceof Unauthenticated ? 'unauthenticated' : 'error';
    this.context.metrics.calls.labels(method, outcome).observe((performance.now() - started) / 1000);
    if (answered instanceof Refusal) {
      this.context.logger.info({ traceId, method, code: answered.code }, 'refused');
      return rpcError(wireErrorOf(answered));
    }
    if (answered instanceof Unauthenticated) return rpcError({ code: status.UNAUTHENTICATED, details: 'unauthenticated' });
    this.context.logger.error({ traceId, method, err: error }, 'call failed');
    // Whether it happened is unknown to the caller either way: the key makes a repetition safe.
    return rpcError(isOutage(error) ? { code: status.UNAVAILABLE, details: 'unavailable' } : { code: status.INTERNAL, details: 'internal' });
  }

  private report(method: string, call: Call, started: number, outcome: string): void {
    const seconds = (performance.now() - started) / 1000;
    this.context.metrics.calls.labels(method, outcome).observe(seconds);
    this.context.logger.debug({ traceId: traceIdOf(call.traceparent), method, org: call.principal.org, ms: Math.round(seconds * 1000) }, 'call');
  }
}

class Unauthenticated extends Error {}

function rpcError(error: WireError): RpcException {
  return new RpcException(error);
}

function requestBytes(execution: ExecutionContext, request: unknown): Buffer {
  const method = definitionOf(execution.getClass())?.[execution.getHandler().name];
  return method ? method.requestSerialize(request as never) : Buffer.alloc(0);
}

function invalidInput(error: ZodError): Refusal {
  const [issue] = error.issues;
  const row = issue?.path.find((part): part is number => typeof part === 'number');
  return refuseInput.invalid({ field: issue?.path.join('.') ?? '', rule: (issue?.code === 'custom' ? issue.message : issue?.code) ?? '', ...(row !== undefined && { row }) });
}

function text(metadata: Metadata, name: string): string | null {
  const [value] = metadata.get(name);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** `topic:id:sequence` separated by commas, the newest 20. */
function seenOf(metadata: Metadata): SeenEvent[] {
  const entries = text(metadata, 'tandem-seen')?.split(',').slice(-20) ?? [];
  return entries.flatMap((entry) => {
    const [topic, id, sequence] = entry.split(':');
    return topic && id && /^\d{1,9}$/.test(sequence ?? '') ? [{ topic, id, sequence: Number(sequence) }] : [];
  });
}
