// One entry of a dated code list.
import { refusals } from '@tandem/contracts';

export const lists = ['regions', 'occupations', 'majors', 'industries'] as const;
export type CodeList = (typeof lists)[number];

export interface Entry {
  readonly code: string;
  readonly name: string;
  readonly parent: string | null;
  readonly level: number;
  readonly leaf: boolean;
}

export const refuse = refusals('code', { twice: 'invalid_argument', imported_meanwhile: 'aborted' });

/** Codes that one file names twice; an importer must say which line counts. */
export function assertDistinct(entries: readonly Entry[]): void {
  const seen = new Set<string>();
  entries.forEach(({ code }, row) => {
    if (seen.has(code)) throw refuse.twice({ field: 'code', row, code });
    seen.add(code);
  });
}

export function differs(known: Entry & { readonly state: string }, entry: Entry): boolean {
  return known.state !== 'active' || known.name !== entry.name || known.parent !== entry.parent || known.level !== entry.level || known.leaf !== entry.leaf;
}
