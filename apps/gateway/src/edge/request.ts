// One request: who asks, under which trace, what it has seen, and the batches that its resolvers share.
import type { Principal } from '@tandem/contracts';
import type { CallContext } from '@tandem/service-kit';
import DataLoader from 'dataloader';

interface Caller {
  /** What it sent as `tandem-seen`. */
  readonly seen: string;
  readonly again: () => Promise<RequestContext>;
}

export class RequestContext {
  /** A service could not wait for what the caller has seen. */
  stale = false;
  private readonly loaders = new Map<string, DataLoader<string, unknown>>();

  constructor(
    readonly principal: Principal,
    readonly requestId: string,
    readonly traceparent: string,
    private readonly caller: Caller,
  ) {}

  /** The same caller asked for anew, with nothing read yet: for each turn of a subscription, which outlives tokens and suspensions. */
  fresh(): Promise<RequestContext> {
    return this.caller.again();
  }

  /** For a call as this caller, or as another principal where it acts on behalf. */
  call(options: { readonly key?: string; readonly principal?: Principal } = {}): CallContext {
    return {
      principal: options.principal ?? this.principal,
      requestId: this.requestId,
      traceparent: childOf(this.traceparent),
      seen: this.caller.seen,
      onStale: () => {
        this.stale = true;
      },
      ...(options.key !== undefined && { key: options.key }),
    };
  }

  /** One batched read a type and request: a list of 100 makes as many calls as a list of 1. */
  load<View extends { readonly id: string }>(name: string, id: string, batch: (call: CallContext, ids: string[]) => Promise<readonly View[]>): Promise<View | null> {
    const loader = (this.loaders.get(name) ?? this.newLoader(name, batch)) as DataLoader<string, View | null>;
    return loader.load(id);
  }

  private newLoader<View extends { readonly id: string }>(name: string, batch: (call: CallContext, ids: string[]) => Promise<readonly View[]>): DataLoader<string, unknown> {
    const loader = new DataLoader<string, unknown>(async (ids) => {
      const views = new Map((await batch(this.call(), [...ids])).map((view) => [view.id, view]));
      return ids.map((id) => views.get(id) ?? null);
    });
    this.loaders.set(name, loader);
    return loader;
  }
}

/** The same trace, a new span. */
export function childOf(traceparent: string): string {
  const [version, trace] = traceparent.split('-');
  return `${version}-${trace}-${randomHex(8)}-01`;
}

export function traceparentOf(header: string | undefined): string {
  return header && /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(header) ? header : `00-${randomHex(16)}-${randomHex(8)}-01`;
}

function randomHex(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex');
}
