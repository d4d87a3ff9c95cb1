// Counts of people in a round that others than those people read: one of 1 to 4 is not said, nor one that would give such a one away.

/** A count about others is said only from so many on. */
export const AT_LEAST = 5;

/** Not said. */
export const HIDDEN = -1;

export function shown(count: number): number {
  return isSmall(count) ? HIDDEN : count;
}

export function isSmall(count: number): boolean {
  return count > 0 && count < AT_LEAST;
}

/** Parts of a total that everybody can look up: where one alone is hidden, the total less the others would be it, so that the smallest of the others is hidden too. */
export function shownParts<K extends string>(parts: Readonly<Record<K, number>>): Record<K, number> {
  const names = (Object.keys(parts) as K[]).toSorted((one, other) => parts[one] - parts[other]);
  const hidden = new Set(names.filter((name) => isSmall(parts[name])));
  const next = names.find((name) => !hidden.has(name));
  if (hidden.size === 1 && next !== undefined) hidden.add(next);
  return Object.fromEntries(names.map((name) => [name, hidden.has(name) ? HIDDEN : parts[name]])) as Record<K, number>;
}
