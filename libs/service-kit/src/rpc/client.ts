// A typed gRPC client: every call carries the caller's token, its trace and a deadline. No deadline would hang for ever.
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { Definition } from './rpc.js';
import type { Caller, TokenSigner } from './token.js';

interface ClientMethod {
  readonly path: string;
  readonly requestSerialize: (value: never) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => unknown;
}
type Request<M> = M extends { requestSerialize: (value: infer R) => Buffer } ? R : never;
type Response<M> = M extends { responseDeserialize: (bytes: Buffer) => infer R } ? R : never;

export interface CallContext extends Caller {
  readonly traceparent: string;
  readonly key?: string;
  /** `topic:id:sequence`, comma separated. */
  readonly seen?: string;
  /** Told when the service could not wait for what the caller has seen. */
  readonly onStale?: () => void;
  readonly deadlineMs?: number;
}

export type RpcClient<D> = { readonly [K in keyof D]: (context: CallContext, request: Request<D[K]>) => Promise<Response<D[K]>> };

const DEADLINE_MS = 5_000;

export interface Connection {
  rpc<D extends Definition>(definition: D): RpcClient<D>;
  close(): void;
}

/** `audience` is the service's name; `address` a unix socket or host:port. */
export function connect(audience: string, address: string, signer: TokenSigner): Connection {
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.keepalive_time_ms': 20_000,
    'grpc.keepalive_timeout_ms': 5_000,
    // A service that restarts is found again within a second.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1_000,
    // Of several instances behind one name each has its share.
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  });
  return {
    rpc: <D extends Definition>(definition: D) => {
      const methods = Object.entries(definition).map(([name, method]) => [name, (context: CallContext, request: unknown) => unary({ client, audience, signer }, method, context, request)]);
      return Object.fromEntries(methods) as RpcClient<D>;
    },
    close: () => client.close(),
  };
}

interface Peer {
  readonly client: Client;
  readonly audience: string;
  readonly signer: TokenSigner;
}

async function unary({ client, audience, signer }: Peer, method: ClientMethod, context: CallContext, request: unknown): Promise<unknown> {
  // A call that finds nobody waits for the service to come back, up to its deadline: nothing of it has been sent.
  const metadata = new Metadata({ waitForReady: true });
  metadata.set('authorization', `Bearer ${await signer.sign(context, audience)}`);
  metadata.set('traceparent', context.traceparent);
  if (context.key !== undefined) metadata.set('tandem-key', context.key);
  if (context.seen) metadata.set('tandem-seen', context.seen);
  return new Promise((resolve, reject) => {
    const call = client.makeUnaryRequest(
      method.path,
      method.requestSerialize as (value: unknown) => Buffer,
      method.responseDeserialize,
      request,
      metadata,
      { deadline: Date.now() + (context.deadlineMs ?? DEADLINE_MS) },
      (error: ServiceError | null, response?: unknown) => (error ? reject(error) : resolve(response)),
    );
    call.on('metadata', (head: Metadata) => {
      if (head.get('tandem-stale').length > 0) context.onStale?.();
    });
  });
}
