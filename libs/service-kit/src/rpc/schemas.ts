// Input schemas that every edge shares. Strings are bounded and free of what PostgreSQL or a reader could trip over.
import { isUuid } from '@tandem/contracts';
import { z } from 'zod';

/** NUL, other control characters, lone surrogates, and marks that reorder or hide text. */
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

export const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((value) => !unprintable.test(value), { error: 'unprintable' });
/** proto3 has no null: an absent string arrives empty. */
export const optional = <T>(schema: z.ZodType<T>) => z.preprocess((value) => (value === '' || value === undefined ? null : value), schema.nullable());
export const uuid = z.string().refine(isUuid, { error: 'uuid' });
export const count = (max: number) => z.int().min(0).max(max);
export const code = z.string().min(1).max(32).regex(/^[0-9A-Za-z_.-]+$/);

/** A day of the calendar as YYYY-MM-DD; 2024-02-30 is none. */
export const plainDate = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .refine((value) => isCalendarDay(value), { error: 'no_such_day' });

function isCalendarDay(value: string): boolean {
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

export const target = { id: uuid, version: z.int().min(1) };
export const Target = z.strictObject(target);
export const BatchGet = z.strictObject({ ids: z.array(uuid).max(1000) });

/** `first` at most 100; jumps reach 10,000 rows. An absent page is the first 20. */
export const pageOf = z
  .strictObject({ first: z.int().min(0).max(100), after: optional(z.string().max(500)), skip: z.int().min(0).max(10_000), withTotal: z.boolean() })
  .optional()
  .transform((page) => page ?? { first: 20, after: null, skip: 0, withTotal: false });
