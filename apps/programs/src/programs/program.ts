// A program: what a college teaches, by its code of the 专业目录, for how many years, with which skills.
import { refusals } from '@tandem/contracts';

export const levels = ['secondary', 'higher', 'bachelor'] as const;
export type Level = (typeof levels)[number];
export type ProgramState = 'planned' | 'running' | 'closed';

export interface Skill {
  readonly code: string;
  /** 1 (guided) to 5 (teaches others). */
  readonly level: number;
}

export interface ProgramTerms {
  readonly code: string;
  readonly level: Level;
  readonly years: number;
  readonly skills: readonly Skill[];
}

export interface Program extends ProgramTerms {
  readonly state: ProgramState;
  /** True from the first opening on. */
  readonly isPublic: boolean;
  readonly importId: string | null;
  /** Closed because that import was undone. */
  readonly undone: boolean;
}

export const refuse = refusals('program', {
  unknown_code: 'invalid_argument',
  not_planned: 'failed_precondition',
  closed: 'failed_precondition',
  already_there: 'already_exists',
  twice: 'invalid_argument',
  unknown_college: 'not_found',
  in_use: 'failed_precondition',
});

export function plan(terms: ProgramTerms, importId: string | null, majors: ReadonlySet<string>): Program {
  if (!majors.has(terms.code)) throw refuse.unknown_code({ field: 'code', code: terms.code });
  assertOnce(terms.skills);
  return { ...terms, importId, state: 'planned', isPublic: false, undone: false };
}

/** From a register: it is being taught already. */
export function offered(terms: ProgramTerms, importId: string, majors: ReadonlySet<string>): Program {
  return open(plan(terms, importId, majors));
}

export function open<P extends Program>(program: P): P {
  if (program.state !== 'planned') throw refuse.not_planned({ state: program.state });
  return { ...program, state: 'running', isPublic: true };
}

export function change<P extends Program>(program: P, skills: readonly Skill[]): P {
  if (program.state === 'closed') throw refuse.closed();
  assertOnce(skills);
  return { ...program, skills };
}

export function close<P extends Program>(program: P): P {
  if (program.state === 'closed') throw refuse.closed();
  return { ...program, state: 'closed' };
}

/** Takes back what an import brought; whoever learns in it keeps it open. */
export function undo<P extends Program>(program: P, isUsed: boolean): P {
  if (isUsed) throw refuse.in_use();
  return { ...close(program), undone: true };
}

/** A skill is taught at one level. */
export function assertOnce(skills: readonly Skill[]): void {
  const codes = skills.map(({ code }) => code);
  const twice = codes.find((code, n) => codes.indexOf(code) !== n);
  if (twice !== undefined) throw refuse.twice({ field: 'skills', code: twice });
}
