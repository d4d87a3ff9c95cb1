// All settings by one schema: an unknown TANDEM_* name refuses to start, because a misspelt setting that is ignored is worse.
import { z } from 'zod';
import { armFailpoint } from './failpoint.js';

const port = z.coerce.number().int().min(0).max(65_535);

const schema = z.strictObject({
  /** HTTP port of the gateway. */
  PORT: port.default(4000),
  /** Folder of data, keys and secrets. */
  TANDEM_HOME: z.string().min(1).default('.tandem'),
  /** `sample`: the invented region at the first start, with its people; `organisations`: without them; `none`. */
  TANDEM_SEED: z.enum(['sample', 'organisations', 'none']).default('sample'),
  TANDEM_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('warn'),
  /** `-` is standard error; else a file that log lines are appended to. */
  TANDEM_LOG_FILE: z.string().min(1).default('-'),
  TANDEM_TIME_ZONE: z.string().min(1).default('Asia/Shanghai'),
  /** Port of the embedded PostgreSQL; 0 takes a free one. */
  TANDEM_PG_PORT: port.default(0),
  /** `name:kill:n`: crash at the n-th passage, for fault tests. */
  TANDEM_FAILPOINT: z.string().optional(),
});

export type Configuration = z.infer<typeof schema>;

export class BadConfiguration extends Error {}

/** Reads the environment; names that begin with TANDEM_TEST_ belong to the tests and are let through. */
export function configuration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const ours = Object.entries(environment).filter(([name, value]) => value !== undefined && (name === 'PORT' || (name.startsWith('TANDEM_') && !name.startsWith('TANDEM_TEST_'))));
  const parsed = schema.safeParse(Object.fromEntries(ours));
  if (!parsed.success) throw new BadConfiguration(parsed.error.issues.map(describe).join('\n'));
  armFailpoint(parsed.data.TANDEM_FAILPOINT ?? null);
  return parsed.data;
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `unknown setting ${issue.keys.join(', ')}; known are ${Object.keys(schema.shape).join(', ')}`;
  return `${issue.path.join('.')}: ${issue.message}`;
}
