// Rounds in every stage, and what comes after them: offers, placements through their gates, internships, assessments, destinations.
import type { Session } from '../commands/client.js';
import { doJob, doMany, doOne, type At } from './deeds.test-support.js';
import { day, roundTerms } from './values.test-support.js';

export interface Parties {
  readonly college: Session;
  readonly enterprise: Session;
  /** Global ids of colleges. */
  readonly colleges: readonly string[];
  /** A published position of the enterprise. */
  readonly position: string;
  readonly quiet: () => Promise<void>;
}

/** Announced and open, the position in it with so many seats. */
export async function anOpenRound(organiser: Session, { enterprise, colleges, position, quiet }: Parties, title: string): Promise<At> {
  const drafted = await doOne(organiser, 'draftRound', { terms: roundTerms(title, colleges) });
  const announced = await doOne(organiser, 'announceRound', { ...drafted });
  await quiet();
  await doMany(enterprise, 'enterPositions', { entries: [{ round: drafted.id, position, seats: 5 }] });
  return doOne(organiser, 'openRound', { ...announced });
}

export async function rank(college: Session, round: string, students: readonly At[], positions: readonly string[]): Promise<At[]> {
  return doMany(college, 'submitLists', { lists: students.map(({ id }) => ({ round, student: id, positions })) });
}

/** Closed, matched, verified and published: each student on it has an offer or knows why not. */
export async function published(organiser: Session, round: At): Promise<void> {
  let at = round;
  for (const step of ['closeRound', 'matchRound', 'verifyRound']) at = await doOne(organiser, step, { ...at });
  await doJob(organiser, 'publishRound', { ...at });
}

/** The first offer accepted; the others wait for their answer. */
export async function acceptOne(college: Session): Promise<void> {
  const { edges } = await college.query<{ edges: { node: At }[] }>('query { offers(view: own) { edges { node { id version } } } }');
  if (edges.length < 2) throw new Error(`${edges.length} offers: one is accepted, one stays open`);
  await doMany(college, 'answerOffers', { answers: [{ ...edges[0]?.node, answer: 'accept' }] });
}

const gates = ['agreement', 'student_consent', 'guardian_consent', 'insurance', 'safety_training', 'no_blocking_finding'];

export async function studentIdOf(college: Session, id: string): Promise<string> {
  return (await college.query<{ studentId: string }>('query ($id: ID!) { node(id: $id) { ... on Student { studentId } } }', { id })).studentId;
}

/** Confirmed, through all gates, started today. */
export async function atGates(college: Session, placements: readonly object[], evidence: string): Promise<At[]> {
  const confirmed = await doMany(college, 'confirmPlacements', { placements });
  const passed = await doMany(college, 'recordGates', { placements: confirmed.map((at) => ({ ...at, gates: gates.map((gate) => ({ gate, evidence })) })) });
  return doMany(college, 'startPlacements', { targets: await doMany(college, 'readyPlacements', { targets: passed }) });
}

/** One placement with one of its gates passed, one that has started. */
export async function onTheirWay({ college, position }: Parties, running: string, [waiting, working]: readonly At[], evidence: string): Promise<void> {
  const [confirmed] = await doMany(college, 'confirmPlacements', { placements: [{ position, studentId: await studentIdOf(college, waiting?.id ?? '') }] });
  await doMany(college, 'recordGates', { placements: [{ ...confirmed, gates: [{ gate: 'agreement', evidence }] }] });
  await atGates(college, [{ position: running, studentId: await studentIdOf(college, working?.id ?? ''), startsOn: day(-1) }], evidence);
}

/** Assessed by the enterprise, objected to by the college; and the college's own, of which nothing is said yet. */
export async function assessed({ college, enterprise, quiet }: Parties, words: string): Promise<void> {
  const { edges } = await college.query<{ edges: { node: At }[] }>('query { internships(view: own) { edges { node { id version } } } }');
  const internship = edges[0]?.node.id;
  const scores = { practical: 3, analysis: 4, independence: 3, emergencies: 5 };
  const [assessment] = await doMany(enterprise, 'submitAssessments', { assessments: [{ internship, assessor: 'mentor', stage: 'entry', scores, evidence: words }] });
  await doMany(college, 'submitAssessments', { assessments: [{ internship, assessor: 'teacher', stage: 'entry', scores, evidence: words }] });
  await quiet();
  await doMany(college, 'replyToAssessments', { replies: [{ assessment: assessment?.id, reply: 'object', text: words }] });
}

/** One reported, one confirmed with its checks. */
export async function destined(college: Session, [reported, confirmed]: readonly At[], evidence: string): Promise<void> {
  const job = { category: 'contract_job', occupation: '9-01-01-01', region: '990101', fromOn: day(-200), wageBand: '3k_to_5k', evidenceKind: 'labour_contract', evidence };
  const [, sure] = await doMany(college, 'reportDestinations', { destinations: [{ ...job, student: reported?.id }, { ...job, student: confirmed?.id }] });
  await doMany(college, 'confirmDestinations', { confirmations: [{ ...sure, by: 'employer_file' }] });
}
