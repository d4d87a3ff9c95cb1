// A bureau's decision about one version of a submitted position.
import { refusals } from '@tandem/contracts';

export interface Ruling {
  readonly positionId: string;
  readonly positionVersion: number;
  readonly decision: 'publish' | 'return';
  readonly field: string | null;
  readonly reason: string | null;
  readonly text: string | null;
}

/** Why a position may go back. */
export const returnReasons = ['unclear', 'unlawful', 'pay_too_low', 'wrong_code', 'wrong_period', 'hazard', 'duplicate', 'other'] as const;

export const refuse = refusals('review', {
  not_submitted: 'failed_precondition',
  other_version: 'aborted',
  already_decided: 'already_exists',
  reason_missing: 'invalid_argument',
});

/** What the reviewer sees of a submitted position. */
export interface Submitted {
  readonly org: string;
  readonly state: string;
  readonly version: number;
}

/** Decides once about the version that was read; a return names field and reason. */
export function assertDecidable(ruling: Ruling, position: Submitted | undefined): Submitted {
  if (position?.state !== 'submitted') throw refuse.not_submitted({ id: ruling.positionId });
  if (position.version !== ruling.positionVersion) throw refuse.other_version({ version: position.version });
  if (ruling.decision === 'return' && (ruling.field === null || ruling.reason === null)) throw refuse.reason_missing({ field: ruling.field === null ? 'field' : 'reason' });
  return position;
}
