// A running Tandem as a process of its own with one invented college a round, and others who write meanwhile.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { localToken } from '@tandem/gateway';
import pg from 'pg';
import { childrenOf, cpuSeconds, memoryKb, until } from '../stage.js';
import { CLASSES } from './roster.js';

const START_MS = 120_000;
const OTHERS_EVERY_MS = 100;

interface College {
  readonly code: string;
  readonly id: string;
}
type Role = Parameters<typeof localToken>[1];
interface Answer {
  readonly data?: Record<string, { readonly userErrors?: readonly { readonly code: string }[] } | null> | null;
  readonly errors?: readonly unknown[];
}

export class World {
  private readonly pools = new Map<string, pg.Pool>();
  private other: College | null = null;

  private constructor(
    private readonly child: ChildProcess,
    readonly home: string,
    readonly url: string,
  ) {}

  static async start(main: string, home: string): Promise<World> {
    const child = spawn(process.execPath, [main, 'start'], { env: { ...environment(), PORT: '0', TANDEM_HOME: home, TANDEM_SEED: 'none' }, stdio: ['ignore', 'ignore', 'pipe'] });
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
    await until(() => words.includes('Ready on') || child.exitCode !== null, 'the system', START_MS);
    const url = /Ready on (\S+)/.exec(words)?.[1];
    if (!url) throw new Error(`it ended:\n${words}`);
    const world = new World(child, home, url);
    for (const list of ['majors', 'regions']) {
      await world.mutate('operator', 'OPERATOR', 'mutation ($input: ImportCodesInput!) { importCodes(input: $input) { added userErrors { code } } }', { list, fromOn: '2020-01-01', entries: [{ code: '990101', name: '样例（虚构）', level: 3, leaf: true }] });
    }
    world.other = await world.college('other');
    return world;
  }

  readonly environment = environment();

  /** An active college with a program of 990101, its cohort of 2025 and 50 classes. */
  async college(name: number | string): Promise<College> {
    const code = `BENCH-COLLEGE-${name}`.toUpperCase();
    const registered = await this.mutate<Bulk>('operator', 'OPERATOR', `mutation ($input: RegisterOrganisationsInput!) { registerOrganisations(input: $input) { ${bulk} } }`, {
      organisations: [{ kind: 'college', code, name: '样例学校（虚构）', region: '990101', invented: true }], verified: true,
    });
    const as = <T extends object>(document: string, input: object): Promise<T> => this.mutate<T>('college_office', code, document, input);
    const planned = await this.known(() => as<Bulk>(`mutation ($input: PlanProgramsInput!) { planPrograms(input: $input) { ${bulk} } }`, { programs: [{ code: '990101', level: 'higher', years: 3 }] }));
    const cohorts = await as<Bulk>(`mutation ($input: PlanCohortsInput!) { planCohorts(input: $input) { ${bulk} } }`, { cohorts: [{ program: first(planned), entryYear: 2025, graduatesOn: '2028-06-30', windows: [] }] });
    const classes = Array.from({ length: CLASSES }, (_, n) => ({ cohort: first(cohorts), name: `样例${n + 1}班` }));
    await as<Bulk>(`mutation ($input: FormClassesInput!) { formClasses(input: $input) { ${bulk} } }`, { classes });
    return { code, id: Buffer.from(first(registered), 'base64url').toString('utf8').split(':')[1] ?? '' };
  }

  /** Another college enrols and changes somebody ten times a second; the times of each, in ms. */
  othersWrite(): { stop(): Promise<number[]> } {
    const times: number[] = [];
    const state = { stopped: false };
    const work = async (): Promise<void> => {
      const code = this.other?.code ?? '';
      const once = async (document: string, input: object): Promise<Bulk> => {
        const start = performance.now();
        const answer = await this.mutate<Bulk>('college_office', code, document, input);
        times.push(performance.now() - start);
        return answer;
      };
      while (!state.stopped) {
        const student = { kind: 'learner', rollNo: `O-${crypto.randomUUID()}`, name: '样例学员（虚构）', bornOn: '1990-01-01', region: '990101' };
        await once(`mutation ($input: EnrolStudentsInput!) { enrolStudents(input: $input) { ${bulk} } }`, { students: [student] });
        await pause(OTHERS_EVERY_MS);
      }
    };
    const working = Promise.all([work(), work()]);
    return {
      stop: async () => {
        state.stopped = true;
        await working;
        return times;
      },
    };
  }

  /** What must be there of a college after an import: rows, audit, events, and what other services made of them. */
  async countsOf(org: string): Promise<Record<string, number>> {
    const counted = async (database: string, text: string): Promise<number> => Number((await this.admin(database).query<{ n: string }>(text, [org])).rows[0]?.n ?? 0);
    return {
      students: await counted('tandem_programs', `select count(*) n from students where org = $1 and import_id is not null`),
      'audit rows': await counted('tandem_programs', `select count(*) n from audit where org = $1 and action like 'programs.student.%'`),
      'known to placement': await counted('tandem_placement', 'select count(*) n from known_students where org = $1'),
      'known to outcomes': await counted('tandem_outcomes', 'select count(*) n from known_students where org = $1'),
    };
  }

  async isSettled(): Promise<boolean> {
    const answer = await this.ask('operator', 'OPERATOR', 'query { opsConsumers { unsent consumers { lag } } }', {});
    const services = (answer.data?.['opsConsumers'] ?? []) as unknown as { unsent: number; consumers: { lag: number }[] }[];
    return services.length > 0 && services.every(({ unsent, consumers }) => unsent === 0 && consumers.every(({ lag }) => lag <= 0));
  }

  /** The file as it is into a table of texts with the key that students have, by the server itself. */
  async copy(file: string): Promise<{ ms: number; rows: number }> {
    const pool = this.admin('tandem_programs');
    await pool.query('drop table if exists w3_copy');
    await pool.query(`create table w3_copy (${Array.from({ length: 12 }, (_, n) => `c${n} text`).join(', ')}, primary key (c0))`);
    const start = performance.now();
    await pool.query(`copy w3_copy from '${file}' with (format csv, header true)`);
    const ms = performance.now() - start;
    const { rows } = await pool.query<{ n: string }>('select count(*) n from w3_copy');
    await pool.query('drop table w3_copy');
    return { ms, rows: Number(rows[0]?.n) };
  }

  /** Seconds of processor time so far. */
  cpu(): { node: number; server: number } {
    const postmaster = Number(readFileSync(join(this.home, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
    return { node: cpuSeconds(this.child.pid ?? 0, false), server: cpuSeconds(postmaster) + childrenOf(postmaster).reduce((sum, pid) => sum + cpuSeconds(pid, false), 0) };
  }

  rssMb(): number {
    return memoryKb(this.child.pid ?? 0, 'VmRSS') / 1_024;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.end()));
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }

  private admin(database: string): pg.Pool {
    const known = this.pools.get(database);
    if (known) return known;
    const port = Number(readFileSync(join(this.home, 'postgres/postmaster.pid'), 'utf8').split('\n')[3]);
    const password = readFileSync(join(this.home, 'secrets/postgres-superuser'), 'utf8').trim();
    const pool = new pg.Pool({ host: '127.0.0.1', port, user: 'postgres', password, database, max: 1 });
    this.pools.set(database, pool);
    return pool;
  }

  private async mutate<T extends object>(role: Role, org: string, document: string, input: object): Promise<T> {
    const answer = await this.ask(role, org, document, { input: { ...input, idempotencyKey: crypto.randomUUID() } });
    const [payload] = Object.values(answer.data ?? {});
    const results = (payload as Partial<Bulk> | undefined)?.results ?? [];
    if (!payload || answer.errors || (payload.userErrors ?? []).length > 0 || results.some(({ error }) => error)) throw new Error(JSON.stringify(answer).slice(0, 500));
    return payload as unknown as T;
  }

  private async ask(role: Role, org: string, query: string, variables: object): Promise<Answer> {
    const { local } = JSON.parse(readFileSync(join(this.home, 'secrets/tandem.json'), 'utf8')) as { local: { privateKey: Parameters<typeof localToken>[0] } };
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await localToken(local.privateKey, role, org)}` };
    return (await (await fetch(`${this.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })).json()) as Answer;
  }

  /** Codes reach programs a moment after identity has them. */
  private async known<T>(work: () => Promise<T>): Promise<T> {
    let value: T | undefined;
    await until(async () => {
      value = await work().catch(() => undefined);
      return value !== undefined;
    }, 'the codes to be known', START_MS);
    return value as T;
  }
}

const bulk = 'results { id error { code } } userErrors { code }';
interface Bulk {
  readonly results: readonly { readonly id: string | null; readonly error: { readonly code: string } | null }[];
}

function first({ results }: Bulk): string {
  return results[0]?.id ?? '';
}

function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TANDEM_') && name !== 'NODE_OPTIONS' && name !== 'PORT'));
}
