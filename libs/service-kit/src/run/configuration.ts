// All settings by one schema: an unknown TANDEM_* name refuses to start, because a misspelt setting that is ignored is worse.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { armFailpoint } from './failpoint.js';

/** Who reads a setting: the system as one process, a service or the gateway as a process of its own, jobs and commands. */
export type Reader = 'embedded' | 'service' | 'gateway' | 'job' | 'all';

interface About {
  readonly for: readonly Reader[];
  readonly words: string;
  /** Its value may come from the file that NAME_FILE names, and is printed nowhere. */
  readonly secret?: true;
}

const about = new Map<string, About>();
const port = z.coerce.number().int().min(0).max(65_535);
const text = z.string().min(1);
const jwk = z.string().transform((value, context): Record<string, unknown> => {
  try {
    return JSON.parse(value) as Record<string, unknown>;
  } catch {
    context.addIssue({ code: 'custom', message: 'is no JSON Web Key' });
    return z.NEVER;
  }
});
/** `identity=host:port,demand=host:port`. */
const addresses = z.string().transform((value, context) => {
  const pairs = value.split(',').map((pair) => pair.trim().split('='));
  if (pairs.every(([name, address]) => name && address)) return Object.fromEntries(pairs) as Record<string, string>;
  context.addIssue({ code: 'custom', message: 'is not of the form name=host:port,name=host:port' });
  return z.NEVER;
});

const settings = {
  PORT: [port.default(4000), { for: ['all'], words: 'HTTP port: GraphQL of the gateway; health and metrics of a service that runs alone. 0 takes a free one' }],
  TANDEM_HOST: [text.default('127.0.0.1'), { for: ['all'], words: 'address that HTTP and gRPC listen on' }],
  TANDEM_GRPC_PORT: [port.default(4001), { for: ['service'], words: 'gRPC port' }],
  TANDEM_SERVICES: [addresses.optional(), { for: ['gateway'], words: 'where the services are: `identity=host:port,demand=host:port,...`; `dns:///name:port` for several instances' }],
  TANDEM_HOME: [text.default('.tandem'), { for: ['embedded', 'job'], words: 'folder of data, keys and secrets' }],
  TANDEM_KEYS: [text.optional(), { for: ['service'], words: 'folder of the keys of personal data; `keys` in TANDEM_HOME unless told' }],
  TANDEM_SEED: [z.enum(['sample', 'organisations', 'none']).default('sample'), { for: ['embedded'], words: '`sample`: the invented region at the first start, with its people; `organisations`: without them; `none`' }],
  TANDEM_LOG_LEVEL: [z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('warn'), { for: ['all'], words: '`debug` tells every call and event with its trace id' }],
  TANDEM_LOG_FILE: [text.default('-'), { for: ['all'], words: '`-` is standard error; else a file that log lines are appended to' }],
  TANDEM_TIME_ZONE: [text.default('Asia/Shanghai'), { for: ['embedded', 'service'], words: 'of plain dates' }],
  TANDEM_PG_HOST: [text.optional(), { for: ['service', 'job'], words: 'PostgreSQL server' }],
  TANDEM_PG_PORT: [port.default(0), { for: ['embedded', 'service', 'job'], words: 'its port; of the embedded one, where 0 takes a free one (elsewhere 0 is 5432)' }],
  TANDEM_PG_DATABASE: [text.optional(), { for: ['service'], words: '`tandem_` and the name of the service unless told' }],
  TANDEM_PG_APP_PASSWORD: [text.optional(), { for: ['service'], words: 'of the role that serves calls and events', secret: true }],
  TANDEM_PG_RELAY_PASSWORD: [text.optional(), { for: ['service'], words: 'of the role that sends events', secret: true }],
  TANDEM_PG_ADMIN_USER: [text.default('postgres'), { for: ['job'], words: 'who makes databases and roles' }],
  TANDEM_PG_ADMIN_PASSWORD: [text.optional(), { for: ['job'], words: 'its password', secret: true }],
  TANDEM_KAFKA: [text.transform((value) => value.split(',')).optional(), { for: ['service', 'gateway', 'job'], words: 'brokers, `host:port,host:port`' }],
  TANDEM_KAFKA_PREFIX: [text.optional(), { for: ['service', 'gateway', 'job'], words: 'put before the names of topics and groups, where several deployments share the brokers' }],
  TANDEM_KAFKA_TLS: [z.enum(['on', 'off']).default('off'), { for: ['service', 'gateway', 'job'], words: 'whether brokers are spoken to over TLS (the system’s certificate authorities, or NODE_EXTRA_CA_CERTS)' }],
  TANDEM_KAFKA_USER: [text.optional(), { for: ['service', 'gateway', 'job'], words: 'SASL user (SCRAM-SHA-512)' }],
  TANDEM_KAFKA_PASSWORD: [text.optional(), { for: ['service', 'gateway', 'job'], words: 'its password', secret: true }],
  TANDEM_KAFKA_REPLICAS: [z.coerce.number().int().min(1).max(9).optional(), { for: ['job'], words: 'copies of each topic; as the brokers say unless told' }],
  TANDEM_TOKEN_KEY: [jwk.optional(), { for: ['gateway'], words: 'private JSON Web Key that signs internal tokens', secret: true }],
  TANDEM_TOKEN_PUBLIC_KEY: [jwk.optional(), { for: ['service'], words: 'public half of it', secret: true }],
  TANDEM_LOCAL_PUBLIC_KEY: [jwk.optional(), { for: ['gateway'], words: 'public JSON Web Key of the callers’ tokens', secret: true }],
  TANDEM_FAILPOINT: [z.string().optional(), { for: ['all'], words: '`name:kill:n`, for fault tests: the process kills itself at the n-th passage' }],
} satisfies Record<string, readonly [z.ZodType, About]>;

type Settings = typeof settings;
type Shape = { [Name in keyof Settings]: Settings[Name][0] };
const shape = Object.fromEntries(
  Object.entries(settings).map(([name, [type, words]]) => {
    about.set(name, words as About);
    return [name, type];
  }),
) as unknown as Shape;
const schema = z.strictObject(shape);

export type Configuration = z.infer<typeof schema>;

export class BadConfiguration extends Error {
  override readonly name = 'BadConfiguration';
}

/** Reads the environment; names that begin with TANDEM_TEST_ belong to the tests and are let through. */
export function configuration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const ours = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined && (entry[0] === 'PORT' || (entry[0].startsWith('TANDEM_') && !entry[0].startsWith('TANDEM_TEST_'))));
  const parsed = schema.safeParse(withFiles(Object.fromEntries(ours)));
  if (!parsed.success) throw new BadConfiguration(parsed.error.issues.map(describe).join('\n'));
  armFailpoint(parsed.data.TANDEM_FAILPOINT ?? null);
  return parsed.data;
}

/** What a process cannot do without, by name; the message lists all that is missing. */
export function required<Name extends keyof Configuration>(configured: Configuration, what: string, names: readonly Name[]): { readonly [N in Name]-?: NonNullable<Configuration[N]> } {
  const missing = names.filter((name) => configured[name] === undefined);
  if (missing.length > 0) throw new BadConfiguration(missing.map((name) => `${what} needs ${name}: ${about.get(name)?.words ?? ''}`).join('\n'));
  return configured as unknown as { readonly [N in Name]-?: NonNullable<Configuration[N]> };
}

/** One row a setting, for the documentation. */
export function settingsTable(): string {
  const rows = Object.entries(settings).map(([name, [type, { for: readers, words, ...rest }]]) => {
    const { data } = (type as z.ZodType<string | number | undefined>).safeParse(undefined);
    const fallback = data === undefined ? '' : `\`${data}\``;
    return `| \`${name}\`${'secret' in rest ? ` or \`${name}_FILE\`` : ''} | ${fallback} | ${readers.join(', ')} | ${words} |`;
  });
  return ['| Name | Default | Read by | What it is |', '|---|---|---|---|', ...rows].join('\n');
}

function withFiles(given: Readonly<Record<string, string>>): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const secret = name.endsWith('_FILE') && about.get(name.slice(0, -5))?.secret ? name.slice(0, -5) : null;
    if (secret === null) values[name] = value;
    else if (secret in given) throw new BadConfiguration(`${secret} and ${name} are both set`);
    else values[secret] = contentOf(name, value);
  }
  return values;
}

function contentOf(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new BadConfiguration(`${name}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`);
  }
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `unknown setting ${issue.keys.join(', ')}; known are ${Object.keys(schema.shape).join(', ')}`;
  return `${issue.path.join('.')}: ${issue.message}`;
}
