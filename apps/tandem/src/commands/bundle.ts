// A published run as one file, and the check of it by somebody who trusts nobody: rules, lottery, lists, matching.
import { createHash } from 'node:crypto';
import { commitment, digestOfLists, refill, roundSeed, solve, verify, verifyRefill, type Assignments, type Instance, type Standing } from '@tandem/stable-matching';
import { z } from 'zod';

export const FORMAT = 'tandem.round-run/1';

export interface Bundle {
  readonly format: typeof FORMAT;
  readonly round: string;
  readonly run: number;
  /** The text whose SHA-256 was published before anybody ranked. */
  readonly ruleSheet: string;
  readonly ruleHash: string;
  readonly secret: string;
  readonly lists: readonly (readonly [alias: string, choices: readonly string[]])[];
  /** Of the lists that the first run matched; of that run, these lists'. */
  readonly listsDigest: string;
  readonly instance: Instance;
  /** Of a refill: where everybody stood. */
  readonly standing: Standing | null;
  readonly assignments: Assignments;
  readonly digest: string;
}

/** What is wrong, by name; nothing where the run is what the rules make of the lists. */
export interface Finding {
  readonly finding: 'rule_hash' | 'lottery_commitment' | 'lottery_seed' | 'lists_digest' | 'list_missing' | 'wish_missing' | 'no_list' | 'list_changed' | 'other_result' | ReturnType<typeof verify>[number]['kind'];
  readonly applicant?: string;
  readonly position?: string;
  readonly host?: string;
}

const assignments = z.record(z.string(), z.string().nullable());
const stand = z.discriminatedUnion('state', [z.object({ state: z.literal('final'), position: z.string(), byHand: z.boolean().exactOptional() }), z.object({ state: z.literal('holding'), position: z.string().nullable() }), z.object({ state: z.literal('out') })]);

/** As it stands in a file; the instance is read by the library's own reader. */
export const BundleFile = z.object({
  format: z.literal(FORMAT),
  round: z.string(),
  run: z.int(),
  ruleSheet: z.string().refine(isJson, 'no JSON'),
  ruleHash: z.string(),
  secret: z.string(),
  lists: z.array(z.tuple([z.string(), z.array(z.string())])),
  listsDigest: z.string(),
  instance: z.unknown(),
  standing: z.record(z.string(), stand).nullable(),
  assignments,
  digest: z.string(),
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export function findingsOf(bundle: Bundle): Finding[] {
  const { instance, standing, assignments, digest } = bundle;
  const violations = standing ? verifyRefill(instance, standing, { assignments, digest }) : verify(instance, assignments, digest);
  // Several results can be stable; the rules make one of them.
  const again = standing ? refill(instance, standing) : solve(instance);
  return [
    ...rulesOf(bundle),
    ...listsOf(bundle),
    ...violations.map(({ kind, applicant, position, host }) => ({ finding: kind, ...(applicant !== undefined && { applicant }), ...(position !== undefined && { position }), ...(host !== undefined && { host }) })),
    ...(again.digest === digest ? [] : [{ finding: 'other_result' } as const]),
  ];
}

function rulesOf({ ruleSheet, ruleHash, secret, lists, listsDigest, standing, instance }: Bundle): Finding[] {
  const { ties } = JSON.parse(ruleSheet) as { ties?: { commitment?: string } };
  return [
    ...(`sha256:${sha256(ruleSheet)}` === ruleHash ? [] : [{ finding: 'rule_hash' } as const]),
    ...(commitment(secret) === ties?.commitment ? [] : [{ finding: 'lottery_commitment' } as const]),
    // Lists are struck before a refill; the lottery stays that of the first run.
    ...(standing !== null || listsDigest === digestOfLists(lists) ? [] : [{ finding: 'lists_digest' } as const]),
    ...(instance.seed === roundSeed(secret, listsDigest) ? [] : [{ finding: 'lottery_seed' } as const]),
  ];
}

/** Everybody who handed in a list is in the matching and nobody else, with the own wishes in the own order; one may be missing only where the position has no points for the student. */
function listsOf({ lists, instance }: Bundle): Finding[] {
  const matched = new Map(instance.applicants.map(({ id, preferences }) => [id, preferences]));
  const scores = new Map(instance.positions.map((position) => [position.id, position.scores ?? {}]));
  const listed = new Set(lists.map(([alias]) => alias));
  const strangers = instance.applicants.filter(({ id }) => !listed.has(id)).map(({ id }): Finding => ({ finding: 'no_list', applicant: id }));
  return [...strangers, ...lists.flatMap(([alias, choices]): Finding[] => {
    const preferences = matched.get(alias);
    if (!preferences) return [{ finding: 'list_missing', applicant: alias }];
    let at = -1;
    const isOwn = preferences.every((position) => (at = choices.indexOf(position, at + 1)) >= 0);
    const missing = choices.find((position) => scores.get(position)?.[alias] !== undefined && !preferences.includes(position));
    return [...(isOwn ? [] : [{ finding: 'list_changed', applicant: alias } as const]), ...(missing === undefined ? [] : [{ finding: 'wish_missing', applicant: alias, position: missing } as const])];
  })];
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
