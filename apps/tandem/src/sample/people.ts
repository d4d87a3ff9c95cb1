// Invented students, the same ones each time: names marked as invented, ID numbers of a region that does not exist.
import { idCheckCharacter } from '@tandem/taxonomy';

/** A small generator (mulberry32): the sample must be the same on every machine. Numbers from 0 to below 1. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface SampleStudent {
  readonly rollNo: string;
  readonly name: string;
  readonly idNumber: string;
  readonly phone: string;
  readonly guardianName: string;
  readonly guardianPhone: string;
  readonly region: string;
  readonly skills: readonly { readonly code: string; readonly level: number }[];
}

export const sampleSkills = ['soldering', 'assembly', 'testing', 'service'] as const;

/** The n-th student of a roll; between 16 and 19 years old on `today`. Up to 28,000 of a roll have ID numbers of their own. */
export function sampleStudent(roll: string, n: number, today: string, draw: () => number): SampleStudent {
  const year = Number(today.slice(0, 4)) - 17 - Math.floor(draw() * 2);
  const shift = [...roll].reduce((sum, letter) => sum * 31 + (letter.codePointAt(0) ?? 0), 7) % 28;
  const digits = `990101${year}${two(1 + Math.floor(draw() * 12))}${two(1 + ((Math.floor(n / 1000) + shift) % 28))}${String(n % 1000).padStart(3, '0')}`;
  return {
    rollNo: `${roll}-${String(n + 1).padStart(5, '0')}`,
    name: `样例学生${n + 1}（虚构）`,
    idNumber: digits + idCheckCharacter(digits),
    phone: `139${String(10_000_000 + n)}`,
    guardianName: `样例家长${n + 1}（虚构）`,
    guardianPhone: `138${String(10_000_000 + n)}`,
    region: draw() < 0.5 ? '990101' : '990102',
    skills: sampleSkills.filter(() => draw() < 0.3).map((code) => ({ code, level: 1 + Math.floor(draw() * 3) })),
  };
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
