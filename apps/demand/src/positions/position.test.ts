import { describe, expect, it } from '@jest/globals';
import { change, decide, expire, fillSeat, freeSeat, resize, seatFact, submit, withdraw, type Position, type PositionState, type Terms } from './position.js';

const today = '2027-01-01';
const draft: Position = {
  state: 'draft', version: 3, isPublic: false, filled: 0, closeReason: null, withdrawnReason: null, reviewerOrg: null, returnedField: null, returnedReason: null, reviewId: null,
  kind: 'internship', title: 'x', occupation: 'o', industry: 'i', region: '990101', headcount: 2, startsOn: '2027-03-01', endsOn: '2027-08-31',
  weeklyHours: 40, hasNightWork: false, payFen: 1, skills: [], majors: [], hazards: [], hasBoard: false, hasLodging: false,
};
const terms = (more: Partial<Terms> = {}): Terms => {
  const { kind, title, occupation, industry, region, headcount, startsOn, endsOn, weeklyHours, hasNightWork, payFen, skills, majors, hazards, hasBoard, hasLodging } = draft;
  return { kind, title, occupation, industry, region, headcount, startsOn, endsOn, weeklyHours, hasNightWork, payFen, skills, majors, hazards, hasBoard, hasLodging, ...more };
};
const at = (state: PositionState, more: Partial<Position> = {}): Position => ({ ...draft, state, isPublic: state === 'published' || state === 'closed', ...more });
const full = at('closed', { filled: 2, closeReason: 'filled' });
const code = (run: () => unknown): string => {
  try {
    run();
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('the state machine of a position', () => {
  const publish = { id: 'r', by: 'bureau', positionVersion: 3, decision: 'publish', field: null, reason: null } as const;
  it.each<[string, PositionState, (position: Position) => Position, string]>([
    ['submit', 'draft', (p) => submit(p, 'bureau', today), 'submitted'],
    ['submit', 'returned', (p) => submit(p, 'bureau', today), 'submitted'],
    ['submit', 'submitted', (p) => submit(p, 'bureau', today), 'position.not_draft'],
    ['submit', 'published', (p) => submit(p, 'bureau', today), 'position.not_draft'],
    ['submit without a reviewer', 'draft', (p) => submit(p, null, today), 'position.no_reviewer'],
    ['submit after its end', 'draft', (p) => submit(p, 'bureau', '2027-09-01'), 'position.already_over'],
    ['publish', 'submitted', (p) => decide(p, publish), 'published'],
    ['publish', 'draft', (p) => decide(p, publish), 'draft'],
    ['publish an older version', 'submitted', (p) => decide(p, { ...publish, positionVersion: 2 }), 'submitted'],
    ['publish by another bureau', 'submitted', (p) => decide({ ...p, reviewerOrg: 'bureau' }, { ...publish, by: 'other' }), 'position.foreign_review'],
    ['return', 'submitted', (p) => decide(p, { ...publish, decision: 'return', field: 'payFen', reason: 'pay_too_low' }), 'returned'],
    ['withdraw', 'published', (p) => withdraw(p, '停招'), 'closed'],
    ['withdraw', 'draft', (p) => withdraw(p, '停招'), 'position.not_published'],
    ['expire', 'published', expire, 'closed'],
    ['expire', 'closed', expire, 'position.not_published'],
    ['change', 'draft', (p) => change(p, terms({ title: 'y' })), 'draft'],
    ['change', 'returned', (p) => change(p, terms({ title: 'y' })), 'returned'],
    ['change', 'submitted', (p) => change(p, terms()), 'position.not_editable'],
    ['change the title', 'published', (p) => change(p, terms({ title: 'y' })), 'published'],
    ['change the occupation', 'published', (p) => change(p, terms({ occupation: 'z' })), 'position.fixed_after_publication'],
    ['resize', 'draft', (p) => resize(p, 5, today), 'position.not_published'],
  ])('%s from %s', (_name, from, rule, expected) => {
    const position = at(from);
    let result: string;
    try {
      result = rule(position).state;
    } catch (error) {
      result = (error as { code: string }).code;
    }
    expect(result).toBe(expected);
  });
});

describe('seats', () => {
  it('closes with the last seat and names one fact', () => {
    const before = at('published', { filled: 1 });
    const after = fillSeat(before, today);
    expect([after.state, after.closeReason, seatFact(before, after)]).toEqual(['closed', 'filled', 'closed']);
  });

  it('reopens for a freed seat before the period ends, not after', () => {
    expect(freeSeat(full, today)).toMatchObject({ state: 'published', closeReason: null, filled: 1 });
    expect(freeSeat(full, '2027-09-01')).toMatchObject({ state: 'closed', closeReason: 'filled', filled: 1 });
  });

  it('keeps a withdrawn or expired position closed, and counts on', () => {
    const gone = at('closed', { filled: 1, closeReason: 'expired' });
    expect(freeSeat(gone, today)).toMatchObject({ state: 'closed', filled: 0 });
    expect(fillSeat(gone, today)).toMatchObject({ state: 'closed', filled: 2, closeReason: 'expired' });
  });

  it('reopens a full position when its headcount grows, and overfills when it shrinks', () => {
    expect(seatFact(full, resize(full, 3, today))).toBe('reopened');
    expect(resize(at('published', { filled: 1 }), 1, today)).toMatchObject({ state: 'closed', closeReason: 'filled', filled: 1 });
    expect(code(() => resize(at('closed', { closeReason: 'withdrawn' }), 3, today))).toBe('position.not_published');
  });
});
