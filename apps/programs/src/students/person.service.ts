// What is personal of a student: sealed before it is stored or waits in a job, opened and masked for whoever may see it.
import { Sealed, type KeyRing } from '@tandem/persistence';
import { masked, type Person } from './student.js';
import type { StudentRow } from './student.entity.js';
import type { Shown, StudentTerms } from './students.service.js';

type SealedPerson = Pick<StudentRow, 'name' | 'idNumber' | 'idHash' | 'phone' | 'guardianName' | 'guardianPhone' | 'bornOn'>;

export function sealPerson(keys: KeyRing, org: string, { name, idNumber, phone, guardianName, guardianPhone, bornOn }: Person & { readonly bornOn: string }): SealedPerson {
  const seal = (value: string | null): Sealed | null => (value === null ? null : keys.seal(org, value));
  return {
    name: keys.seal(org, name),
    idNumber: seal(idNumber),
    idHash: idNumber === null ? null : keys.searchHash(org, idNumber),
    phone: seal(phone),
    guardianName: seal(guardianName),
    guardianPhone: seal(guardianPhone),
    bornOn: keys.seal(org, bornOn),
  };
}

/** Names in clear, numbers masked; the day of birth stays hidden: others need only the derived months. */
export function showPerson(keys: KeyRing, { name, idNumber, idHash: _hash, phone, guardianName, guardianPhone, bornOn: _born, ...rest }: StudentRow): Shown {
  const hidden = (value: Sealed | null): string | null => (value === null ? null : masked(keys.open(value)));
  return {
    ...rest,
    name: keys.open(name),
    idNumber: hidden(idNumber),
    phone: hidden(phone),
    guardianName: guardianName === null ? null : keys.open(guardianName),
    guardianPhone: hidden(guardianPhone),
    bornOn: null,
  };
}

/** One student of a bulk command of more than 1,000, while it waits in a job's row. */
export interface SealedItem {
  readonly sealed: string;
  readonly importId: string | null;
}

export function sealJobItem(keys: KeyRing, org: string, terms: StudentTerms, importId: string | null): SealedItem {
  return { sealed: keys.seal(org, JSON.stringify(terms)).bytes.toString('base64'), importId };
}

export function openJobItem(keys: KeyRing, { sealed }: SealedItem): StudentTerms {
  return JSON.parse(keys.open(new Sealed(Buffer.from(sealed, 'base64')))) as StudentTerms;
}
