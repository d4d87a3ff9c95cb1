// How the command line speaks: a table for people, JSON for programs, a reason when it refuses.
import { PostgresRefusal } from '@tandem/embedded-postgres';
import { LogRefusal } from '@tandem/event-log';
import { BadConfiguration } from '@tandem/service-kit';
import Table from 'cli-table3';
import { BackupRefusal } from '../launch/backup.js';
import { MoveRefusal } from '../launch/move.js';
import { CallFailed } from './client.js';

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

/** One line for what a person can mend, the stack for what we must. */
export function reasonOf(error: unknown): string {
  if (error instanceof PostgresRefusal || error instanceof BackupRefusal || error instanceof MoveRefusal || error instanceof LogRefusal || error instanceof BadConfiguration || error instanceof CallFailed) return error.message;
  const { code, port, cause } = error as { code?: string; port?: number; cause?: { code?: string } };
  if (code === 'EADDRINUSE') return `port ${port} is in use; set PORT to another one`;
  if (cause?.code === 'ECONNREFUSED') return 'no Tandem answers there; is it running, and is --url right?';
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
