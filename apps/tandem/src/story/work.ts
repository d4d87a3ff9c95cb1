// From placements to jobs: gates, the first day, pauses, early ends, assessments, the last day, destinations, retention.
import { random } from '../sample/people.js';
import { sampleColleges, sampleEnterprises, type SampleOrganisation } from '../sample/region.js';
import { documents } from './documents.js';
import type { Learner } from './schooling.js';
import type { Stage, Target } from './stage.js';

interface PlacementNode extends Target {
  readonly state: string;
  readonly studentId: string;
  readonly missingGates: readonly string[];
  readonly enterprise: { readonly id: string };
}
interface InternshipNode extends Target {
  readonly studentId: string;
  readonly endKind: string | null;
  readonly enterprise: { readonly id: string };
}

/** Gates are recorded in bulk; without them nothing is ready. */
export async function passGates(stage: Stage): Promise<number> {
  let ready = 0;
  let refusal = '';
  for (const college of sampleColleges) {
    const office = await stage.as('college_office', college);
    const confirmed = await placementsIn(stage, college, 'confirmed');
    if (refusal === '' && confirmed[0]) refusal = [...(await stage.bulk(office, documents.readyPlacements, 'targets', [at(confirmed[0])])).refused.keys()].join();
    const recorded = await stage.bulk(office, documents.recordGates, 'placements', confirmed.map(({ id, version, missingGates }) => ({ id, version, gates: missingGates.map((gate) => ({ gate, evidence: '样例卷宗（虚构）' })) })));
    const { done } = await stage.bulk(office, documents.readyPlacements, 'targets', recorded.done.filter((target) => target !== null));
    ready += done.filter((target) => target !== null).length;
  }
  stage.told('gates passed', `${ready} placements ready; before that: ${refusal}`);
  return ready;
}

/** The first day, some pauses, some who leave early with a reason. */
export async function work(stage: Stage): Promise<{ started: number; left: number }> {
  await stage.advance(30);
  const draw = random(9);
  let started = 0;
  let left = 0;
  for (const college of sampleColleges) {
    const office = await stage.as('college_office', college);
    const { done } = await stage.bulk(office, documents.startPlacements, 'targets', (await placementsIn(stage, college, 'ready')).map(at));
    const running = done.filter((target) => target !== null);
    started += running.length;
    const resting = running.filter(() => draw() < 0.05);
    const paused = await stage.bulk(office, documents.pausePlacements, 'placements', resting.map((target) => ({ ...target, reason: 'illness' })));
    await stage.bulk(office, documents.resumePlacements, 'targets', paused.done.filter((target) => target !== null));
    const others = running.filter((target) => !resting.includes(target));
    const leaving = others.filter(() => draw() < 0.06).map((target, n) => ({ ...target, kind: 'left_early', reason: ['pay', 'unsuitable', 'family'][n % 3] }));
    left += (await stage.bulk(office, documents.endPlacements, 'placements', leaving)).done.filter((target) => target !== null).length;
  }
  await stage.quiet();
  stage.told('placements started', `${started}; ${left} left early with a reason`);
  return { started, left };
}

/** Mentors assess in the middle, students object here and there, mentors settle. */
export async function assess(stage: Stage): Promise<number> {
  await stage.advance(90);
  const draw = random(5);
  const score = (): number => 2 + Math.floor(draw() * 4);
  let assessments = 0;
  for (const enterprise of sampleEnterprises) {
    const mentor = await stage.as('enterprise_hr', enterprise);
    const interns = await stage.all<InternshipNode>(mentor, documents.internships, { view: 'party', filter: { state: 'running' } });
    const terms = interns.map(({ id }) => ({ internship: id, assessor: 'mentor', stage: 'middle', scores: { practical: score(), analysis: score(), independence: score(), emergencies: score() }, evidence: '样例记录（虚构）' }));
    assessments += (await stage.bulk(mentor, documents.submitAssessments, 'assessments', terms)).done.filter((target) => target !== null).length;
  }
  const objections = await object(stage);
  stage.told('assessed by mentors', `${assessments}; ${objections} objected to and settled`);
  return assessments;
}

async function object(stage: Stage): Promise<number> {
  let objections = 0;
  for (const college of sampleColleges) {
    const office = await stage.as('college_office', college);
    const submitted = await stage.all<Target>(office, documents.assessments, { view: 'college', filter: { state: 'submitted' } });
    const replies = submitted.map(({ id }, n) => (n % 50 === 7 ? { assessment: id, reply: 'object', text: '样例异议（虚构）' } : { assessment: id, reply: 'acknowledge' }));
    await stage.bulk(office, documents.replyToAssessments, 'replies', replies);
    objections += replies.filter(({ reply }) => reply === 'object').length;
  }
  await stage.quiet();
  for (const enterprise of sampleEnterprises) {
    const mentor = await stage.as('enterprise_hr', enterprise);
    const objected = await stage.all<Target>(mentor, documents.assessments, { view: 'own', filter: { state: 'objected' } });
    const scores = { practical: 4, analysis: 4, independence: 4, emergencies: 4 };
    for (const { id, version } of objected) await mentor.mutate(documents.settleAssessment, { id, version, scores, text: '样例复核（虚构）' });
  }
  return objections;
}

/** The last day: most complete, a quarter stay for a job. */
export async function finish(stage: Stage, learners: readonly Learner[], cohorts: readonly { college: SampleOrganisation; cohort: Target }[]): Promise<{ completed: number; converted: number }> {
  await stage.advance(90);
  const draw = random(3);
  let completed = 0;
  for (const college of sampleColleges) {
    const office = await stage.as('college_office', college);
    const ending = (await placementsIn(stage, college, 'started')).map((placement) => ({ ...at(placement), kind: draw() < 0.25 ? 'converted_to_job' : 'completed' }));
    completed += (await stage.bulk(office, documents.endPlacements, 'placements', ending)).done.filter((target) => target !== null).length;
  }
  await stage.quiet();
  for (const { college, cohort } of cohorts) await (await stage.as('college_office', college)).mutate(documents.graduateCohort, { id: cohort.id, version: cohort.version }).catch(() => null);
  const converted = await reportDestinations(stage, learners);
  stage.told('internships finished', `${completed}; ${converted} hired by the same enterprise`);
  return { completed, converted };
}

/** Those of whom the college hears: hired where they were, hired elsewhere, at another school. An internship paper is refused. */
async function reportDestinations(stage: Stage, learners: readonly Learner[]): Promise<number> {
  const byStudentId = new Map(learners.map((learner) => [learner.studentId, learner]));
  const draw = random(8);
  let converted = 0;
  for (const college of sampleColleges) {
    const office = await stage.as('college_office', college);
    const closed = await stage.all<InternshipNode>(office, documents.internships, { view: 'own', filter: { state: 'closed' } });
    const finished = closed.filter(({ endKind, studentId }) => endKind !== 'left_early' && byStudentId.has(studentId));
    const destinations = finished.flatMap((internship) => destinationOf(stage, internship, byStudentId.get(internship.studentId)?.id ?? '', draw));
    const paper = destinations.slice(0, 1).map((destination) => ({ ...destination, evidenceKind: 'internship_certificate' }));
    const { refused } = await stage.bulk(office, documents.reportDestinations, 'destinations', paper);
    if (paper.length > 0 && !refused.has('destination.internship_is_no_job')) throw new Error('an internship paper was taken for a job');
    const { done } = await stage.bulk(office, documents.reportDestinations, 'destinations', destinations);
    await stage.bulk(office, documents.confirmDestinations, 'confirmations', done.filter((target) => target !== null).map((target) => ({ ...target, by: 'graduate' })));
    converted += destinations.filter(({ employer }) => employer !== null).length;
  }
  await stage.quiet();
  return converted;
}

function destinationOf(stage: Stage, { endKind, enterprise }: InternshipNode, student: string, draw: () => number) {
  const luck = draw();
  const isHired = endKind === 'converted_to_job' || luck < 0.1;
  if (!isHired && luck > 0.85) return [];
  const base = { student, occupation: '9-01-01-01', region: luck < 0.01 ? '990103' : luck < 0.5 ? '990101' : '990102', fromOn: stage.day(0), evidence: '样例合同（虚构）', wageBand: '3k_to_5k' };
  if (!isHired && luck > 0.75) return [{ ...base, category: 'further_study', employer: null, evidenceKind: 'enrolment_notice' }];
  return [{ ...base, category: 'contract_job', employer: isHired ? enterprise.id : null, evidenceKind: 'labour_contract' }];
}

/** The clock moves on; checks fall due by themselves, and colleges ask. */
export async function follow(stage: Stage): Promise<{ asked: number; retained: number }> {
  const draw = random(12);
  let asked = 0;
  let retained = 0;
  for (const [months, days] of [[3, 93], [6, 93], [12, 186]] as const) {
    await stage.advance(days);
    await fallenDue(stage, months);
    for (const college of sampleColleges) {
      const office = await stage.as('college_office', college);
      const due = await stage.all<Target>(office, documents.retentionChecks, { filter: { state: 'due', months } });
      const records = due.map(({ id, version }) => {
        const luck = draw();
        return luck < 0.88 ? { id, version, answer: 'still_there' } : luck < 0.96 ? { id, version, answer: 'left', reason: 'better_offer' } : { id, version, answer: 'unknown' };
      });
      await stage.bulk(office, documents.recordRetention, 'records', records);
      asked += records.length;
      if (months === 12) retained += records.filter(({ answer }) => answer === 'still_there').length;
    }
    await stage.quiet();
  }
  stage.told('retention asked at 3, 6, 12 months', `${asked} answers; ${retained} still there after 12`);
  return { asked, retained };
}

async function fallenDue(stage: Stage, months: number): Promise<void> {
  await stage.until(`checks of ${months} months to fall due`, async () => {
    for (const college of sampleColleges) {
      const planned = await (await stage.as('college_office', college)).query<{ totalCount: number }>('query ($filter: RetentionFilter) { retentionChecks(filter: $filter, page: { first: 0 }) { totalCount } }', { filter: { state: 'planned', months } });
      if (planned.totalCount > 0) return null;
    }
    return true;
  });
}

function placementsIn(stage: Stage, college: SampleOrganisation, state: string): Promise<PlacementNode[]> {
  return stage.as('college_office', college).then((office) => stage.all<PlacementNode>(office, documents.placements, { view: 'own', filter: { state } }));
}

function at({ id, version }: Target): Target {
  return { id, version };
}
