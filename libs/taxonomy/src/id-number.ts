// The citizen identity number of GB 11643-1999: 6 digits of region, 8 of the day of birth, 3 of sequence, 1 check character (ISO 7064 MOD 11-2).

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const characters = '10X98765432';

/** The check character of the first 17 digits. */
export function idCheckCharacter(digits: string): string {
  const sum = weights.reduce((total, weight, n) => total + weight * Number(digits[n]), 0);
  return characters[sum % 11] ?? '';
}

/** What is wrong with it, or null. A day of birth is only checked against the calendar. */
export function idNumberProblem(id: string): 'format' | 'birth_date' | 'check_digit' | null {
  if (!/^\d{17}[\dX]$/.test(id)) return 'format';
  const born = bornOnOf(id);
  const date = new Date(`${born}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(born)) return 'birth_date';
  return idCheckCharacter(id) === id[17] ? null : 'check_digit';
}

/** YYYY-MM-DD as the number says it. */
export function bornOnOf(id: string): string {
  return `${id.slice(6, 10)}-${id.slice(10, 12)}-${id.slice(12, 14)}`;
}
