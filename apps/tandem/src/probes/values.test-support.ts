// Values that probes and the tests of a running Tandem share.

export function terms(title: string): Record<string, unknown> {
  return { kind: 'internship', title, occupation: '9-01-01-01', industry: '9911', region: '990101', headcount: 40, startsOn: day(30), endsOn: day(210), weeklyHours: 40, payFen: 300_000 };
}

/** Of a round whose placements lie within the period of `terms`. */
export function roundTerms(title: string, colleges: readonly string[]): Record<string, unknown> {
  return {
    title, colleges, startsOn: day(40), endsOn: day(200), opensOn: day(5), closesOn: day(20), answerDays: 5, appealDays: 5,
    rules: { sameMajor: 40, sameClass: 20, skill: 10, sameCounty: 10, samePrefecture: 5, wishes: 10 },
  };
}

/** So many days from today, as a plain date. */
export function day(offset: number): string {
  return new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
}

/** The aggregate's id in a global one. */
export function inner(global: string): string {
  return Buffer.from(global, 'base64url').toString('utf8').split(':')[1] ?? '';
}
