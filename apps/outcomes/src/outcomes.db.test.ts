// What became of people, from the first day of an internship to figures that nobody can edit.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusalOf } from '@tandem/service-kit';
import { someone, until } from '@tandem/test-kit';
import { v7 as uuidv7 } from 'uuid';
import { allCells } from './indicators/cube.js';
import { aClass, aJob, firstPage, outcomesWorld, placement, position, student, type OutcomesWorld, type PlacementAt } from './test-support.js';

let world: OutcomesWorld;
beforeAll(async () => {
  world = await outcomesWorld();
});
afterAll(() => world.stop());

const codeOf = (promise: Promise<unknown>) => promise.then(() => 'done', (error: unknown) => refusalOf(error)?.code);
const scores = { practical: 4, analysis: 3, independence: 4, emergencies: 2 };

async function anIntern(): Promise<PlacementAt> {
  const at = { id: uuidv7(), studentId: uuidv7(), college: world.college, enterprise: world.enterprise };
  await world.deliver(student(at.college, at.studentId), placement('started', at));
  return at;
}
const internship = async ({ id, college }: PlacementAt) => (await world.internships.batchGetInternships(world.kit.call(college), { ids: [id] })).internships[0];

/** Reports and confirms. */
async function went(studentId: string, more: Parameters<typeof aJob>[1] = {}): Promise<string> {
  const { outcomes } = await world.destinations.reportDestinations(world.kit.call(world.college), { destinations: [aJob(studentId, more)], atomic: true });
  const { id = '', version = 0 } = outcomes[0]?.done ?? {};
  await world.destinations.confirmDestinations(world.kit.call(world.college), { confirmations: [{ id, version, by: 'graduate' }], atomic: true });
  await world.settle();
  return id;
}

/** What the triggers kept and what the sources say now, cell by cell. */
async function cellsTwice(): Promise<{ kept: unknown[]; rebuilt: unknown[] }> {
  const { admin } = world.kit.database;
  const columns = 'org, indicator, region, occupation, period, population::int, denominator::int, numerator::int, unknown::int';
  const { rows: kept } = await admin.query(`select ${columns} from cells where population <> 0 or denominator <> 0 or numerator <> 0 or unknown <> 0 order by 1, 2, 3, 4, 5`);
  const { rows: rebuilt } = await admin.query(`select ${columns} from (${allCells}) x(org, indicator, region, occupation, period, population, denominator, numerator, unknown) order by 1, 2, 3, 4, 5`);
  return { kept, rebuilt };
}

describe('an internship', () => {
  it('has a record from its first day, seen by the college and the enterprise alone', async () => {
    const at = await anIntern();
    expect(await internship(at)).toMatchObject({ state: 'running', startedOn: '2025-03-01', sequel: 'unknown' });
    const seenBy = async (who: typeof world.other) => (await world.internships.batchGetInternships(world.kit.call(who), { ids: [at.id] })).internships.length;
    expect([await seenBy(world.enterprise), await seenBy(world.other), await seenBy(someone('enterprise_hr'))]).toEqual([1, 0, 0]);
  });

  it('turns into a job of the same enterprise, whichever is told first', async () => {
    const [before, after] = [await anIntern(), await anIntern()];
    await went(before.studentId, { employerOrg: world.enterprise.org });
    await world.deliver(placement('ended', before, { endKind: 'completed', endedOn: '2025-08-31' }), placement('ended', after, { endKind: 'completed', endedOn: '2025-08-31' }));
    await went(after.studentId, { employerOrg: world.enterprise.org });
    expect((await internship(before))?.sequel).toBe('converted');
    await until(async () => (await internship(after))?.sequel === 'converted', { what: 'the internship to follow' });
  });

  it('is no proof of a job', async () => {
    const at = await anIntern();
    const report = (evidenceKind: string) => world.destinations.reportDestinations(world.kit.call(world.college), { destinations: [aJob(at.studentId, { evidenceKind })], atomic: true });
    expect(await codeOf(report('internship_certificate'))).toBe('destination.internship_is_no_job');
    expect(await codeOf(world.destinations.reportDestinations(world.kit.call(world.other), { destinations: [aJob(at.studentId)], atomic: true }))).toBe('destination.unknown_student');
  });
});

describe('an assessment', () => {
  const assess = (who: typeof world.college, internshipId: string, assessor: string, stage = 'end') => world.assessments.submitAssessments(world.kit.call(who), { assessments: [{ internshipId, assessor, stage, scores, evidence: '记录（虚构）' }], atomic: true });

  it('by the mentor is objected to by the student, and settled by the mentor', async () => {
    const at = await anIntern();
    const mentor = { ...someone('mentor'), org: world.enterprise.org };
    const { outcomes } = await assess(mentor, at.id, 'mentor');
    const id = outcomes[0]?.done?.id ?? '';
    const self = { ...someone('student', world.college.org), account: at.studentId };
    await world.assessments.replyToAssessments(world.kit.call(self), { replies: [{ assessmentId: id, reply: 'object', text: '不同意（虚构）' }], atomic: true });
    await world.settle();
    const view = async () => (await world.assessments.batchGetAssessments(world.kit.call(self), { ids: [id] })).assessments[0];
    expect(await view()).toMatchObject({ state: 'objected' });
    await world.assessments.settleAssessment(world.kit.call(mentor), { id, version: (await view())?.version ?? 0, scores: { ...scores, emergencies: 3 }, text: '已核实（虚构）' });
    expect(await view()).toMatchObject({ state: 'settled', settledText: '已核实（虚构）', terms: { scores: { emergencies: 3 } } });
  });

  it.each([
    ['a second one of the same stage', 'assessment.already_submitted'],
    ['a mentor who judges as teacher', 'assessment.wrong_assessor'],
    ['another enterprise', 'assessment.unknown_internship'],
    ['another college', 'assessment.unknown_internship'],
  ])('%s is refused', async (what, code) => {
    const at = await anIntern();
    await assess(world.enterprise, at.id, 'mentor');
    const attempts: Record<string, () => Promise<unknown>> = {
      'a second one of the same stage': () => assess(world.enterprise, at.id, 'mentor'),
      'a mentor who judges as teacher': () => assess({ ...someone('mentor'), org: world.enterprise.org }, at.id, 'teacher'),
      'another enterprise': () => assess(someone('enterprise_hr'), at.id, 'mentor'),
      'another college': () => assess(world.other, at.id, 'teacher'),
    };
    expect(await codeOf(attempts[what]?.() ?? Promise.resolve())).toBe(code);
  });
});

describe('a class teacher', () => {
  it('sees, assesses and settles for the own classes alone', async () => {
    const teacher = someone('class_teacher', world.college.org);
    const [classId, otherClass] = [uuidv7(), uuidv7()];
    const [mine, others] = [{ id: uuidv7(), studentId: uuidv7(), college: world.college, enterprise: world.enterprise }, { id: uuidv7(), studentId: uuidv7(), college: world.college, enterprise: world.enterprise }];
    await world.deliver(aClass(world.college, classId, teacher.account), aClass(world.college, otherClass, uuidv7()));
    await world.deliver(student(world.college, mine.studentId, classId), student(world.college, others.studentId, otherClass), placement('started', mine), placement('started', others));
    const ids = [mine.id, others.id];
    const call = () => world.kit.call(teacher);
    expect((await world.internships.batchGetInternships(call(), { ids })).internships.map(({ id }) => id)).toEqual([mine.id]);
    expect((await world.internships.listInternships(call(), { page: firstPage, view: 'own', state: '', studentId: '', descending: false })).internships.map(({ id }) => id)).toEqual([mine.id]);
    const assess = (who: typeof teacher) => world.assessments.submitAssessments(world.kit.call(who), { assessments: ids.map((internshipId) => ({ internshipId, assessor: 'teacher', stage: 'end', scores, evidence: '记录（虚构）' })), atomic: false });
    expect((await assess(teacher)).outcomes.map(({ refused: no }) => no?.code ?? 'done')).toEqual(['done', 'assessment.unknown_internship']);
    const office = await assess(world.college);
    const [, foreign = ''] = office.outcomes.map(({ done }) => done?.id ?? '');
    const seen = (await world.assessments.listAssessments(call(), { page: firstPage, view: 'college', internshipId: '', state: '', descending: false })).assessments;
    expect(seen.map(({ terms }) => terms?.internshipId)).toEqual([mine.id]);
    expect((await world.assessments.batchGetAssessments(call(), { ids: [foreign, seen[0]?.id ?? ''] })).assessments.map(({ id }) => id)).toEqual([seen[0]?.id]);
    expect(await codeOf(world.assessments.settleAssessment(call(), { id: foreign, version: 1, scores, text: '（虚构）' }))).toBe('assessment.unknown_assessment');
  });
});

describe('retention', () => {
  it('falls due by itself, and who has left once is not asked again', async () => {
    const studentId = uuidv7();
    await world.deliver(student(world.college, studentId));
    const destination = await went(studentId);
    const checks = async () => (await world.retention.listRetentionChecks(world.kit.call(world.college), { page: firstPage, state: '', destinationId: destination, months: 0, descending: false })).checks;
    await until(async () => (await checks()).filter(({ state }) => state === 'due').length >= 2, { what: 'the checks of the past to fall due' });
    const [three, six] = await checks();
    await world.retention.recordRetention(world.kit.call(world.college), { records: [{ id: three?.id ?? '', version: three?.version ?? 0, answer: 'left', reason: 'pay' }], atomic: true });
    await until(async () => (await checks()).find(({ id }) => id === six?.id)?.state === 'left', { what: 'the later checks to know' });
    expect(await codeOf(world.retention.recordRetention(world.kit.call(world.college), { records: [{ id: three?.id ?? '', version: 3, answer: 'still_there', reason: '' }], atomic: true }))).toBe('retention.not_due');
  });
});

describe('a job that is told twice', () => {
  const confirm = async (ids: readonly string[]) => {
    const { outcomes } = await world.destinations.confirmDestinations(world.kit.call(world.college), { confirmations: ids.map((id) => ({ id, version: 1, by: 'graduate' })), atomic: false });
    return outcomes.map(({ refused: no }) => no?.code ?? 'done');
  };
  const reported = async (studentId: string, times: number): Promise<string[]> => {
    const { outcomes } = await world.destinations.reportDestinations(world.kit.call(world.college), { destinations: Array.from({ length: times }, () => aJob(studentId, { employerOrg: world.enterprise.org, fromOn: '2090-01-01' })), atomic: true });
    return outcomes.map(({ done }) => done?.id ?? '');
  };

  it('is confirmed once: in one call, in the next, and in two at the same time', async () => {
    const [first = '', second = '', third = ''] = await reported((await anIntern()).studentId, 3);
    expect(await confirm([first, second])).toEqual(['done', 'destination.same_job']);
    expect(await confirm([third])).toEqual(['destination.same_job']);
    const [one = '', other = ''] = await reported((await anIntern()).studentId, 2);
    expect((await Promise.all([confirm([one]), confirm([other])])).flat().toSorted()).toEqual(['destination.same_job', 'done']);
  });
});

describe('a destination that is corrected', () => {
  it('into a job is followed like one that was reported as one', async () => {
    const studentId = uuidv7();
    await world.deliver(student(world.college, studentId));
    const id = await went(studentId, { category: 'seeking', evidenceKind: 'statement' });
    const months = async () => (await world.retention.listRetentionChecks(world.kit.call(world.college), { page: firstPage, state: '', destinationId: id, months: 0, descending: false })).checks.map((check) => check.months);
    expect(await months()).toEqual([]);
    await world.destinations.correctDestination(world.kit.call(world.college), { id, version: 2, terms: aJob(studentId), reason: '误填（虚构）' });
    await until(async () => (await months()).length === 5, { what: 'the checks to be planned' });
  });

  it('to another first day is asked about from that day on', async () => {
    const studentId = uuidv7();
    await world.deliver(student(world.college, studentId));
    const id = await went(studentId, { fromOn: '2098-01-31' });
    const dueOn = async () => (await world.retention.listRetentionChecks(world.kit.call(world.college), { page: firstPage, state: '', destinationId: id, months: 3, descending: false })).checks.map((check) => check.dueOn);
    expect(await dueOn()).toEqual(['2098-04-30']);
    await world.destinations.correctDestination(world.kit.call(world.college), { id, version: 2, terms: aJob(studentId, { fromOn: '2098-02-15' }), reason: '误填（虚构）' });
    await until(async () => (await dueOn())[0] === '2098-05-15', { what: 'the check to move' });
  });
});

describe('figures', () => {
  it('are kept up to date by events, equal to a rebuild to the last cell, also after a projection was read again', async () => {
    const [id, org] = [uuidv7(), uuidv7()];
    await world.deliver(...Array.from({ length: 40 }, (_, n) => position(10 + n, n, { region: n % 2 ? '990101' : '990102', occupation: n % 3 ? '9-01-01-01' : '9-02-01-01' })), position(30, 5, { id, org }));
    await world.deliver(position(30, 31, { id, org, sequence: 4 }), position(12, 0, { state: 'closed', closeReason: 'withdrawn' }));
    // Checks of the tests before fall due by timer, and would be counted in the middle of the comparison.
    await until(async () => (await world.kit.service.housekeeper.tick(), (await world.kit.service.operations.consumerStates()).dueTimers === 0), { what: 'what is due to have run' });
    const before = await cellsTwice();
    expect(before.kept.length).toBeGreaterThan(10);
    expect(before.kept).toEqual(before.rebuilt);
    const rebuilt = await world.kit.service.operations.rebuild({ projection: 'known_positions' });
    expect(rebuilt.after).toBe(rebuilt.before);
    expect((await cellsTwice()).kept).toEqual(before.kept);
    // Compacted, the log has of each position only the last that was said.
    expect(await world.kit.log.compact('tandem.demand.position', new Date(Date.now() + 60_000))).toBeGreaterThan(0);
    const compacted = await world.kit.service.operations.rebuild({ projection: 'known_positions' });
    expect(compacted.after).toBe(compacted.before);
    expect((await cellsTwice()).kept).toEqual(before.kept);
  });

  it('reach a bureau suppressed and rounded, its own region only', async () => {
    await world.deliver(position(9, 4, { region: '990103' }), position(57, 33, { region: '990104' }), position(40, 11, { region: '990105' }), position(500, 500, { region: '980101' }));
    const { figures, total, suppressed } = await world.indicators.getFigures(world.kit.call(world.bureau), { indicator: 'need_filled', by: ['region'], region: '', occupation: '', period: '' });
    const of = (region: string) => figures.find((figure) => figure.region === region);
    expect(of('990103')).toMatchObject({ suppressed: true, denominator: 0, numerator: 0 });
    expect(of('990104')).toMatchObject({ suppressed: false, denominator: 55, numerator: 30, ratePermille: 545 });
    expect(of('980101')).toBeUndefined();
    expect(suppressed).toBeGreaterThanOrEqual(2);
    expect(total?.denominator).toBeGreaterThan(0);
    expect(await codeOf(world.indicators.getFigures(world.kit.call(world.bureau), { indicator: 'need_filled', by: [], region: '980101', occupation: '', period: '' }))).toBe('indicator.region_outside');
    expect(await codeOf(world.indicators.getFigures(world.kit.call(world.enterprise), { indicator: 'need_filled', by: [], region: '', occupation: '', period: '' }))).toBe('call.role');
  });

  it('say whom they are about, what is counted and what is unknown', async () => {
    const { definitions } = await world.indicators.listDefinitions(world.kit.call(world.enterprise), {});
    expect(definitions.map(({ indicator }) => indicator)).toEqual(['need_filled', 'internship_to_job', 'retention_3', 'retention_6', 'retention_12', 'retention_24', 'retention_36']);
    expect(definitions.every(({ population, numerator, denominator, unknown, version }) => version > 0 && [population, numerator, denominator, unknown].every(Boolean))).toBe(true);
  });
});
