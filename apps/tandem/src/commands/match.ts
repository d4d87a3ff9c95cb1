// Stable matching on files: a result, its check on another machine, and the call order of minimum shares. Needs no running Tandem.
import { assignmentsCsv, callOrder, Refused, solve, verify, type Instance, type Matching, type Problem, type Violation } from '@tandem/stable-matching';
import { Command, InvalidArgumentError } from 'commander';
import { findingsOf } from './bundle.js';
import { CallFailed } from './call-failed.js';
import { readBundle, readCallList, readClaim, readMatchFile, strayFiles } from './match-files.js';
import { Steps } from './match-progress.js';
import { print, progress, type Output } from './output.js';

interface MatchOptions extends Output {
  readonly strict?: boolean;
  readonly seed?: string;
}

export function matchCommand(): Command {
  const match = new Command('match').exitOverride().description('stable matching on files, and checking a result again');
  const strict = (command: Command): Command => command.option('--strict', 'refuse dirty input instead of leaving it out').option('--json', 'print data').exitOverride();
  strict(match.command('run').description('match the applicants of an instance').argument('<instance>', 'a JSON file or a folder of CSV files').option('--seed <text>', "the lottery's seed, in place of the instance's own"))
    .action((path: string, options: MatchOptions) => refusing(() => run(path, options)));
  strict(match.command('verify').description('check a result: caps, wishes, stability, digest').argument('<instance>', 'a JSON file, a folder of CSV files, or the bundle of a round').option('--assignments <file>', 'the result as JSON, or assignments.csv; a bundle has its own').option('--seed <text>', "the lottery's seed, in place of the instance's own"))
    .action((path: string, options: MatchOptions & { assignments?: string }) => refusing(() => (options.assignments === undefined ? checkBundle(path, options) : check(path, { ...options, assignments: options.assignments }))));
  strict(match.command('call-order').description('the order in which a ranked list is called under minimum shares').argument('<file>', 'JSON with list and shares'))
    .action((path: string, options: MatchOptions) => refusing(() => call(path, options)));
  return match;
}

function run(path: string, options: MatchOptions): void {
  const steps = new Steps(3);
  const instance = read(path, options, steps);
  const matching = steps.run('matching', () => solve(instance));
  const text = steps.run('writing', () => (options.json ? `${JSON.stringify(matching, null, 2)}\n` : assignmentsCsv(matching.assignments)));
  progress(summary(matching));
  process.stdout.write(text);
}

function check(path: string, options: MatchOptions & { assignments: string }): void {
  const steps = new Steps(3);
  const instance = read(path, options, steps);
  const { assignments, digest } = steps.run(`reading ${options.assignments}`, () => readClaim(options.assignments));
  const violations = steps.run('checking', () => verify(instance, assignments, digest));
  if (options.json) process.stdout.write(`${JSON.stringify({ stable: violations.length === 0, violations }, null, 2)}\n`);
  else print(violations.length > 0 ? violations.map(row) : [{ stable: true, digest: digest ?? 'not given' }], options);
  if (violations.length > 0) process.exitCode = 1;
}

function checkBundle(path: string, options: Output): void {
  const steps = new Steps(2);
  const bundle = steps.run(`reading ${path}`, () => readBundle(path));
  if (!bundle) throw new InvalidArgumentError('without --assignments, the file must be the bundle of a round');
  const findings = steps.run('checking', () => findingsOf(bundle));
  const { round, run: of, digest } = bundle;
  if (options.json) process.stdout.write(`${JSON.stringify({ verified: findings.length === 0, round, run: of, digest, ruleHash: bundle.ruleHash, findings }, null, 2)}\n`);
  else print(findings.length > 0 ? findings.map(({ finding, applicant = '', position = '', host = '' }) => ({ finding, applicant, position, host })) : [{ verified: true, run: of, applicants: bundle.lists.length, digest, 'rule sheet, to compare with what was announced': bundle.ruleHash }], options);
  if (findings.length > 0) process.exitCode = 1;
}

function read(path: string, options: MatchOptions, steps: Steps): Instance {
  const strays = strayFiles(path);
  for (const file of strays) tell([{ code: 'unknown_file', file }], options);
  if (options.strict && strays.length > 0) throw new CallFailed('instance.dirty', `${strays.length} files that nobody reads`);
  const { instance, problems } = steps.run(`reading ${path}`, () => readMatchFile(path, options));
  tell(problems, options);
  return instance;
}

function call(path: string, { json }: MatchOptions): void {
  const { list, shares } = readCallList(path);
  const order = callOrder(list, shares);
  process.stdout.write(json ? `${JSON.stringify({ order }, null, 2)}\n` : order.map((id) => `${id}\n`).join(''));
}

/** Each item on a line of its own, before any result. */
function tell(problems: readonly Told[], { json }: Output): void {
  for (const problem of problems) progress(json ? JSON.stringify(problem) : words(problem));
}

type Told = Omit<Problem, 'code'> & { readonly code: Problem['code'] | 'unknown_file' };

function words({ code, ...where }: Told): string {
  return `${code}: ${Object.entries(where).map(([name, value]) => `${name} ${value}`).join(', ')}`;
}

function row({ kind, applicant = '', position = '', host = '', group = '', seats, taken }: Violation): object {
  return { violation: kind, applicant, position, host, group, seats: seats ?? '', taken: taken ?? '' };
}

function summary({ assignments, unassigned, free, digest }: Matching): string {
  const all = Object.keys(assignments).length;
  const open = Object.values(free).reduce((sum, seats) => sum + seats, 0);
  return `${all - Object.keys(unassigned).length} of ${all} applicants placed, ${open} seats free, ${digest}`;
}

/** A refusal is said in its code and details; of dirt each item. */
function refusing(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { problems, ...details } = error.details as { problems?: readonly Problem[] };
    if (problems) for (const problem of problems) progress(words(problem));
    throw new CallFailed(error.code, problems ? `${problems.length} problems` : JSON.stringify(details));
  }
}
