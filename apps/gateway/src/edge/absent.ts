/** proto3 writes an absent string as an empty one; GraphQL writes null. */
export type Absent<T> = { [K in keyof T]: T[K] extends string ? string | null : T[K] };

export function absent<T extends object>(view: T): Absent<T> {
  return Object.fromEntries(Object.entries(view).map(([name, value]: [string, unknown]) => [name, value === '' ? null : value])) as Absent<T>;
}
