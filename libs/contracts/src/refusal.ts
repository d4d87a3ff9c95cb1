/** The closed list of refusal kinds; each maps to one gRPC status and one `userErrors.kind`. */
export const kinds = [
  'invalid_argument',
  'not_found',
  'already_exists',
  'failed_precondition',
  'permission_denied',
  'aborted',
  'resource_exhausted',
] as const;
export type Kind = (typeof kinds)[number];

/** Ids, codes and numbers; never a name or text about a person. `field` names the input's place, `row` a bulk item. */
export type Details = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** An answer that says no: nothing changed. Its code is part of the contract. What is not a Refusal is a defect. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly kind: Kind,
    readonly details: Details = {},
  ) {
    super(code);
    this.name = 'Refusal';
  }
}

type Makers<T extends Record<string, Kind>> = { readonly [K in keyof T]: (details?: Details) => Refusal };

/** `refusals('position', { no_seats: 'failed_precondition' }).no_seats({ seats: 0 })` is the refusal `position.no_seats`. */
export function refusals<T extends Record<string, Kind>>(area: string, codes: T): Makers<T> {
  const make = ([code, kind]: [string, Kind]) => [code, (details?: Details) => new Refusal(`${area}.${code}`, kind, details)];
  return Object.fromEntries(Object.entries(codes).map(make)) as Makers<T>;
}
