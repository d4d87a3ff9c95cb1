// The server's settings. Given on the command line, so that neither a file nor ALTER SYSTEM in the data folder overrides them.
import { PostgresRefusal } from './refusal.js';

export type Settings = Readonly<Record<string, string | number>>;

/** For a small machine; a caller may change these. */
const DEFAULTS: Settings = {
  shared_buffers: '128MB',
  max_connections: 120,
  idle_in_transaction_session_timeout: '10s',
  statement_timeout: '30s',
  track_commit_timestamp: 'on',
  random_page_cost: 1.1,
  log_checkpoints: 'off',
  // Statements, their parameters and the details of an error quote rows, and rows are about persons.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_parameter_max_length: 0,
  log_parameter_max_length_on_error: 0,
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** What an acknowledged commit rests on. */
const DURABLE: Settings = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' };

const FIXED: Settings = {
  ...DURABLE,
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_prepared_transactions: 0,
  // The supervisor reads the server's messages.
  lc_messages: 'C',
  logging_collector: 'off',
  log_destination: 'stderr',
};

/** Refuses a setting that Tandem's promises rest on, rather than quietly ignoring it. */
export function serverArguments(dataDir: string, settings: Settings): readonly string[] {
  for (const [name, value] of Object.entries(settings)) {
    if (name === 'port' || (name in FIXED && FIXED[name] !== value)) {
      throw new PostgresRefusal('postgres.fixed_setting', `The setting ${name} = ${value} is not for the caller to choose${name in DURABLE ? ': acknowledged work could be lost' : ''}.`, { name, value });
    }
  }
  return ['-D', dataDir, ...Object.entries({ ...DEFAULTS, ...settings, ...FIXED }).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** What must be seen in the running server before anyone may use it. */
export const PROMISED: Readonly<Record<string, string>> = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on', data_checksums: 'on', max_prepared_transactions: '0' };
