// The states of a placement: every transition that the model lists, and a refusal for every other.
import { describe, expect, it } from '@jest/globals';
import { Refusal } from '@tandem/contracts';
import { gates } from '../gates.js';
import { cancel, confirmed, end, makeReady, missingGates, pause, recordGates, resume, start, studentLeft, type Placement, type PlacementState } from './placement.js';

const first = confirmed({ studentId: 's', positionId: 'p', enterpriseOrg: 'e', kind: 'internship', region: '990101', occupation: '9-01-01-01', startsOn: '2027-03-01', endsOn: '2027-08-31', roundId: null, isMinor: true });
const states: Record<PlacementState, Placement> = {
  confirmed: first,
  ready: { ...first, state: 'ready' },
  started: { ...first, state: 'started', startedOn: '2027-03-01' },
  paused: { ...first, state: 'paused', startedOn: '2027-03-01', pauseReason: 'illness' },
  ended: { ...first, state: 'ended', startedOn: '2027-03-01', endKind: 'completed', endedOn: '2027-08-31' },
  cancelled: { ...first, state: 'cancelled', cancelReason: 'mistake' },
};
const today = '2027-04-01';
const acts: Record<string, (placement: Placement) => Placement> = {
  recordGates,
  makeReady: (placement) => makeReady(placement, new Set(gates)),
  start: (placement) => start(placement, today),
  pause: (placement) => pause(placement, 'illness'),
  resume,
  complete: (placement) => end(placement, { kind: 'completed', reason: null, endedOn: null }, today),
  leave: (placement) => end(placement, { kind: 'left_early', reason: 'pay', endedOn: null }, today),
  convert: (placement) => end(placement, { kind: 'converted_to_job', reason: null, endedOn: null }, today),
  cancel: (placement) => cancel(placement, 'illness'),
};
/** What model.md lists; all else is refused. */
const allowed: Record<string, Partial<Record<PlacementState, PlacementState>>> = {
  recordGates: { confirmed: 'confirmed', ready: 'ready' },
  makeReady: { confirmed: 'ready' },
  start: { ready: 'started' },
  pause: { started: 'paused' },
  resume: { paused: 'started' },
  complete: { started: 'ended' },
  leave: { started: 'ended', paused: 'ended' },
  convert: { started: 'ended' },
  cancel: { confirmed: 'cancelled', ready: 'cancelled' },
};
const codeOf = (act: () => unknown): string => {
  try {
    act();
    return 'done';
  } catch (error) {
    return error instanceof Refusal ? error.code : 'defect';
  }
};

describe.each(Object.keys(acts))('%s', (name) => {
  it.each(Object.keys(states) as PlacementState[])('from %s', (state) => {
    const to = allowed[name]?.[state];
    const act = (): Placement => (acts[name] as (placement: Placement) => Placement)(states[state]);
    if (to) expect(act().state).toBe(to);
    else expect(codeOf(act)).toMatch(/^placement\./);
  });
});

describe('what a step needs', () => {
  it.each(gates)('is refused without %s, by name', (gate) => {
    const passed = new Set(gates.filter((other) => other !== gate));
    expect(missingGates(first, passed)).toEqual([gate]);
    expect(codeOf(() => makeReady(first, passed))).toBe('placement.gate_missing');
  });

  it('no guardian for somebody of age', () => {
    expect(missingGates({ isMinor: false }, new Set())).not.toContain('guardian_consent');
  });

  it.each([
    ['a start before the first day', () => start(states.ready, '2027-02-28'), 'placement.too_early'],
    ['an early end without a reason', () => end(states.started, { kind: 'left_early', reason: null, endedOn: null }, today), 'placement.reason_missing'],
    ['an end before the start', () => end(states.started, { kind: 'completed', reason: null, endedOn: '2027-02-01' }, today), 'placement.wrong_end'],
    ['an end in the future', () => end(states.started, { kind: 'completed', reason: null, endedOn: '2027-05-01' }, today), 'placement.wrong_end'],
  ])('%s is refused', (_name, act, code) => {
    expect(codeOf(act)).toBe(code);
  });
});

it.each([['confirmed', 'cancelled'], ['ready', 'cancelled'], ['started', 'ended'], ['paused', 'ended'], ['ended', 'ended'], ['cancelled', 'cancelled']] as const)('of a student who has left the college, %s becomes %s', (from, to) => {
  expect(studentLeft(states[from], today).state).toBe(to);
});
