// What must be passed before a placement is ready: rules on internships of 2021, articles 14-17 (agreement, consent, insurance, safety).
export const gates = ['agreement', 'student_consent', 'guardian_consent', 'insurance', 'safety_training', 'no_blocking_finding'] as const;
export type Gate = (typeof gates)[number];
