// Whether somebody counts as under 18, from the month that programs tells.

/** On that day; who is unknown does. */
export function isMinorOn(student: { readonly minorThrough: string } | undefined, day: string): boolean {
  return student === undefined || day.slice(0, 7) <= student.minorThrough;
}
