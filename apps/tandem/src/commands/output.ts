// How the command line speaks: a table for people, JSON for programs, a reason when it refuses.
import Table from 'cli-table3';

export interface Output {
  readonly json?: boolean;
}

export function print(rows: readonly object[], { json }: Output): void {
  if (json) return void process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  const [first] = rows;
  if (!first) return void process.stdout.write('none\n');
  const table = new Table({ head: Object.keys(first), style: { head: [], border: [] } });
  for (const row of rows) table.push(Object.values(row).map((value) => String(value ?? '')));
  process.stdout.write(`${table.toString()}\n`);
}

export function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** By name: a command that only reads files does not load the modules of a server for the classes of its errors. */
const REFUSALS: ReadonlySet<string> = new Set(['PostgresRefusal', 'BackupRefusal', 'MoveRefusal', 'LogRefusal', 'BadConfiguration', 'CallFailed']);

/** One line for what a person can mend, the stack for what we must. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && REFUSALS.has(error.name)) return error.message;
  const { code, port, cause } = error as { code?: string; port?: number; cause?: { code?: string } };
  if (code === 'EADDRINUSE') return `port ${port} is in use; set PORT to another one`;
  if (cause?.code === 'ECONNREFUSED') return 'no Tandem answers there; is it running, and is --url right?';
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
