// Instances of textbooks and of other projects with known answers. They stay where they are, in ../shared beside the project: nothing of them is copied here.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { solve, solveHostOptimal, verify, type Instance } from './index.js';

const folder = join(import.meta.dirname, '../../../../shared/data/matching');
const isThere = existsSync(folder);
const read = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;

interface Textbook {
  readonly id: string;
  readonly applicants: Record<string, string[]>;
  readonly hosts: Record<string, string[]>;
  readonly capacity: Record<string, number>;
  readonly applicant_optimal: Record<string, string | null>;
  readonly host_optimal: Record<string, string | null>;
}

interface StudentProject {
  readonly students: Record<string, string[]>;
  readonly supervisors: Record<string, string[]>;
  readonly project_supervisor: Record<string, string>;
  readonly project_capacity: number;
  readonly supervisor_capacity: number;
  readonly expected_student_optimal: Record<string, string[]>;
}

const textbooks = isThere ? read<Textbook[]>('instances.json') : [];

(isThere ? describe : describe.skip)('known answers (skipped where ../shared is not beside the project)', () => {
  it.each(textbooks.map((book) => [book.id, book] as const))('%s', (_id, book) => {
    const instance = instanceOf(book);
    const { assignments, digest } = solve(instance);
    expect(assignments).toEqual(book.applicant_optimal);
    expect(verify(instance, assignments, digest)).toEqual([]);
    const other = solveHostOptimal(instance);
    expect(other.assignments).toEqual(book.host_optimal);
    expect(verify(instance, other.assignments, other.digest)).toEqual([]);
  });

  it('students, projects and supervisors, whose caps bind across their projects', () => {
    const instance = supervised();
    const { assignments, digest } = solve(instance);
    const { expected_student_optimal } = read<StudentProject>('student_allocation_small.json');
    const expected = Object.entries(expected_student_optimal).flatMap(([project, students]) => students.map((student) => [student, project]));
    expect(assignments).toEqual(Object.fromEntries(expected));
    expect(verify(instance, assignments, digest)).toEqual([]);
  });
});

function instanceOf({ applicants, hosts, capacity }: Textbook): Instance {
  return {
    applicants: Object.entries(applicants).map(([id, preferences]) => ({ id, preferences })),
    positions: Object.entries(hosts).map(([id, priorities]) => ({ id, capacity: capacity[id]!, priorities })),
  };
}

function supervised(): Instance {
  const { students, supervisors, project_supervisor, project_capacity, supervisor_capacity } = read<StudentProject>('student_allocation_small.json');
  return {
    applicants: Object.entries(students).map(([id, preferences]) => ({ id, preferences })),
    positions: Object.entries(project_supervisor).map(([id, host]) => ({ id, host, capacity: project_capacity })),
    hosts: Object.entries(supervisors).map(([id, priorities]) => ({ id, capacity: supervisor_capacity, priorities })),
  };
}
