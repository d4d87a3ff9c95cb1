// A caller of the GraphQL surface, as the story, the seed and the command line are: a token, and what it has seen.
import { CallFailed } from './call-failed.js';
import { readSecrets } from '../launch/home.js';
import { localToken } from '@tandem/gateway';
import type { Role } from '@tandem/contracts';

export interface UserError {
  readonly code: string;
  readonly kind: string;
  readonly field: string | null;
  readonly details: string;
}

interface Seen {
  readonly topic: string;
  readonly id: string;
  readonly sequence: number;
}
interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string; readonly traceId?: string } }[];
  readonly extensions?: { readonly stale?: boolean };
}

export class Session {
  private readonly seen: Seen[] = [];
  /** Whether the last answer came from a service that had not seen what this session has. */
  stale = false;
  /** Milliseconds of each request so far. */
  readonly timings: number[] = [];

  /** How long it tries again when nobody answers; each mutation under its own key, so that it happens once. */
  patienceMs = 0;

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  // oxlint-disable-next-line max-params -- where, with whose keys, and as whom
  static async as(url: string, home: string, role: Role, org: string, account?: string): Promise<Session> {
    const secrets = readSecrets(home);
    if (!secrets) throw new CallFailed('home.empty', `${home} holds no keys; has Tandem been started with this TANDEM_HOME?`);
    return new Session(url, await localToken(secrets.local.privateKey, role, org, account));
  }

  /** The single field of a query, or a `CallFailed`. */
  async query<T>(document: string, variables: Record<string, unknown> = {}): Promise<T> {
    return first<T>(await this.send(document, variables));
  }

  /** The payload of a mutation; what it led to is remembered for later reads. A refusal throws. `null`: a mutation that takes no key. */
  async mutate<T extends object>(document: string, input: Record<string, unknown>, key: string | null = crypto.randomUUID()): Promise<T> {
    const payload = first<T & { userErrors: UserError[] }>(await this.send(document, { input: { ...input, ...(key !== null && { idempotencyKey: key }) } }));
    const [error] = payload.userErrors;
    if (error) throw new CallFailed(error.code, error.details);
    this.remember(payload as { seen?: Seen | readonly Seen[] | null });
    return payload;
  }

  /** Reads of this session wait for that event. */
  saw(...events: readonly Seen[]): void {
    this.seen.push(...events);
    this.seen.splice(0, Math.max(0, this.seen.length - 20));
  }

  private remember({ seen }: { seen?: Seen | readonly Seen[] | null }): void {
    if (seen) this.saw(...(Array.isArray(seen) ? (seen as Seen[]) : [seen as Seen]));
  }

  private async send(query: string, variables: Record<string, unknown>): Promise<Answer> {
    const deadline = performance.now() + this.patienceMs;
    for (;;) {
      const answer = await this.once(query, variables).catch((error: unknown) => {
        if (performance.now() > deadline) throw error;
        return null;
      });
      const code = answer?.errors?.[0]?.extensions?.code ?? '';
      if (answer && (!outages.has(code) || performance.now() > deadline)) return answer;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  private async once(query: string, variables: Record<string, unknown>): Promise<Answer> {
    const started = performance.now();
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${this.token}`,
        ...(this.seen.length > 0 && { 'tandem-seen': this.seen.map(({ topic, id, sequence }) => `${topic}:${id}:${sequence}`).join(',') }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const answer = (await response.json()) as Answer;
    this.timings.push(performance.now() - started);
    this.stale = answer.extensions?.stale === true;
    return answer;
  }
}

/** What passes: a service or its database is away. An unexpected error may be one, seen from the middle of it. */
const outages: ReadonlySet<string> = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'INTERNAL']);

function first<T>({ data, errors }: Answer): T {
  const [error] = errors ?? [];
  if (error) throw new CallFailed(error.extensions?.code ?? 'INTERNAL', [error.message, error.extensions?.traceId].filter(Boolean).join(' '));
  const [value] = Object.values(data ?? {});
  return value as T;
}
