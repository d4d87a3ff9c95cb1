// Single fields of what somebody sent: of the right form, or null and a problem.
import { shown, type Problem } from './problems.js';

export type Owner = Pick<Problem, 'applicant' | 'position' | 'host'>;

const MAX_CAPACITY = 1_000_000_000;
const MAX_ID = 200;

/** Tabs and line ends would make two matchings with one digest, half characters two applicants with one lottery number. */
const unfit = /[\u0000-\u001f\u007f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isFitId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && id.length <= MAX_ID && !unfit.test(id);
}

export class Fields {
  constructor(private readonly problems: Problem[]) {}

  id(value: unknown, kind: 'applicant' | 'position' | 'host'): string | null {
    if (isFitId(value)) return value;
    this.problems.push({ code: 'bad_id', field: kind, value: shown(value) });
    return null;
  }

  capacity(value: unknown, owner: Owner): number | null {
    const isWhole = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_CAPACITY;
    if (isWhole && value > 0) return value;
    this.problems.push(isWhole ? { code: 'capacity_zero', ...owner } : { code: 'bad_number', field: 'capacity', value: shown(value), ...owner });
    return null;
  }

  list(value: unknown, place: Owner & { readonly field: string }): readonly unknown[] {
    if (Array.isArray(value)) return value as unknown[];
    if (value !== undefined && value !== null) this.problems.push({ code: 'malformed', ...place, value: shown(value) });
    return [];
  }

  unknown(raw: Record<string, unknown>, known: readonly string[], owner: Owner): void {
    for (const field of Object.keys(raw)) if (!known.includes(field)) this.problems.push({ code: 'unknown_field', field: shown(field), ...owner });
  }
}
