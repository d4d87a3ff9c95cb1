import { describe, expect, it } from '@jest/globals';
import { Refusal } from '@tandem/contracts';
import { assertOtherJob, confirm, correct, report, type DestinationTerms } from './destination.js';
import { fallDue, leftEarlier, plan, record } from './retention-check.js';

const job: DestinationTerms = { studentId: 's', category: 'contract_job', employerOrg: 'e', occupation: '9-01-01-01', region: '990101', fromOn: '2027-09-01', toOn: null, wageBand: '3k_to_5k', evidenceKind: 'labour_contract' };
const codeOf = (act: () => unknown): string => {
  try {
    act();
    return 'done';
  } catch (error) {
    return error instanceof Refusal ? error.code : 'defect';
  }
};

describe('a destination', () => {
  it.each([
    ['a job with a labour contract', job, 'done'],
    ['a job with an internship certificate', { ...job, evidenceKind: 'internship_certificate' }, 'destination.internship_is_no_job'],
    ['a job with an internship agreement', { ...job, evidenceKind: 'internship_agreement' }, 'destination.internship_is_no_job'],
    ['a job on somebody’s word', { ...job, evidenceKind: 'statement' }, 'destination.evidence_missing'],
    ['further study with a notice', { ...job, category: 'further_study', evidenceKind: 'enrolment_notice', occupation: '' }, 'done'],
    ['a job without an occupation', { ...job, occupation: '' }, 'destination.occupation_missing'],
    ['an end before the beginning', { ...job, toOn: '2027-08-31' }, 'destination.wrong_period'],
  ] as const)('%s', (_name, terms, code) => {
    expect(codeOf(() => report(terms, true))).toBe(code);
  });

  it('is corrected with a reason, never edited', () => {
    const reported = report(job, true);
    expect(codeOf(() => correct(reported, job, 'typo'))).toBe('destination.not_confirmed');
    expect(correct(confirm(reported, 'graduate'), { ...job, toOn: '2027-12-01', studentId: 'another' }, 'left')).toMatchObject({ state: 'corrected', studentId: 's', correctionReason: 'left' });
  });
});

describe('a job beside one that is known', () => {
  const known = { ...job, id: 'known', toOn: '2028-02-29' };
  it.each([
    ['the same employer at the same time', {}, 'destination.same_job'],
    ['the same employer from the day on which the first ended', { fromOn: '2028-02-29' }, 'destination.same_job'],
    ['the same employer again, later', { fromOn: '2028-03-01' }, 'done'],
    ['another employer at the same time', { employerOrg: 'another' }, 'done'],
    ['further study at the same time', { category: 'further_study' }, 'done'],
    ['itself', { id: 'known' }, 'done'],
  ] as const)('%s', (_name, more, code) => {
    expect(codeOf(() => assertOtherJob({ ...job, id: 'new', ...more }, [known]))).toBe(code);
  });

  it('without an employer in the region is the same when the work is', () => {
    const own = { ...job, id: 'own', category: 'freelance', employerOrg: null } as const;
    expect(codeOf(() => assertOtherJob({ ...own, id: 'new' }, [own]))).toBe('destination.same_job');
    expect(codeOf(() => assertOtherJob({ ...own, id: 'new', occupation: '9-01-01-02' }, [own]))).toBe('done');
    expect(codeOf(() => assertOtherJob({ ...own, id: 'new', region: '990102' }, [own]))).toBe('done');
    const agreed = { ...own, category: 'agreement_job' } as const;
    expect(codeOf(() => assertOtherJob({ ...agreed, id: 'new', category: 'contract_job' }, [agreed]))).toBe('destination.same_job');
  });
});

describe('a retention check', () => {
  const planned = plan({ destinationId: 'd', studentId: 's', region: '990101', occupation: '9-01-01-01', fromOn: '2027-08-31' }, 6);

  it('falls due on the same day of the month, or its last', () => {
    expect(planned).toMatchObject({ state: 'planned', dueOn: '2028-02-29' });
  });

  it('is answered once, when it is due', () => {
    expect(codeOf(() => record(planned, 'still_there', null))).toBe('retention.not_due');
    const answered = record(fallDue(planned), 'still_there', null);
    expect(codeOf(() => record(answered, 'left', 'pay'))).toBe('retention.not_due');
    expect(codeOf(() => record(fallDue(planned), 'left', null))).toBe('retention.reason_missing');
  });

  it('of somebody who has left before counts as left when it falls due, and is not asked', () => {
    expect(fallDue(leftEarlier(planned, 'pay'))).toMatchObject({ state: 'left', reason: 'pay' });
  });
});
