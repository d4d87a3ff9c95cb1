// The invented sample region: organisations and code lists. Doing it twice changes nothing.
import type { Session } from '../commands/client.js';
import { sampleLists } from './lists.js';

export interface SampleOrganisation {
  readonly kind: 'bureau' | 'college' | 'enterprise' | 'park';
  readonly code: string;
  readonly name: string;
  readonly region: string;
}

export const sample = {
  bureau: { kind: 'bureau', code: 'SAMPLE-BUREAU', name: '样例市教育局（虚构）', region: '990100' },
  collegeOne: { kind: 'college', code: 'SAMPLE-COLLEGE-1', name: '样例第一职业学院（虚构）', region: '990101' },
  collegeTwo: { kind: 'college', code: 'SAMPLE-COLLEGE-2', name: '样例第二职业学院（虚构）', region: '990102' },
  collegeThree: { kind: 'college', code: 'SAMPLE-COLLEGE-3', name: '样例第三职业学院（虚构）', region: '990101' },
  park: { kind: 'park', code: 'SAMPLE-PARK', name: '样例产业园（虚构）', region: '990101' },
  electronics: { kind: 'enterprise', code: 'SAMPLE-ENTERPRISE-1', name: '样例电子有限公司（虚构）', region: '990101' },
  equipment: { kind: 'enterprise', code: 'SAMPLE-ENTERPRISE-2', name: '样例装备有限公司（虚构）', region: '990102' },
  service: { kind: 'enterprise', code: 'SAMPLE-ENTERPRISE-3', name: '样例服务有限公司（虚构）', region: '990102' },
} as const satisfies Record<string, SampleOrganisation>;

/** 40 enterprises, the three above among them. */
export const sampleEnterprises: readonly SampleOrganisation[] = [
  sample.electronics,
  sample.equipment,
  sample.service,
  ...Array.from({ length: 37 }, (_, n) => ({ kind: 'enterprise' as const, code: `SAMPLE-ENTERPRISE-${n + 4}`, name: `样例第${n + 4}企业有限公司（虚构）`, region: n % 2 ? '990101' : '990102' })),
];
export const sampleColleges = [sample.collegeOne, sample.collegeTwo, sample.collegeThree] as const;

const listed = `query ($search: OrganisationFilter, $after: String) { organisations(page: { first: 100, after: $after }, filter: $search) {
  edges { node { id version code state } } pageInfo { hasNextPage endCursor } } }`;
const register = 'mutation ($input: RegisterOrganisationInput!) { registerOrganisation(input: $input) { node { id version } seen { topic id sequence } userErrors { code kind field details } } }';
const verify = 'mutation ($input: OrganisationTargetInput!) { verifyOrganisation(input: $input) { node { id version } seen { topic id sequence } userErrors { code kind field details } } }';
const importCodes = 'mutation ($input: ImportCodesInput!) { importCodes(input: $input) { added changed unchanged userErrors { code kind field details } } }';

interface Listed {
  readonly edges: readonly { readonly node: { readonly id: string; readonly version: number; readonly code: string; readonly state: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** Registers and verifies what is missing of the sample, and of `more`; returns global ids by code. */
export async function ensureSampleRegion(operator: Session, more: readonly SampleOrganisation[] = []): Promise<Map<string, string>> {
  for (const [list, entries] of Object.entries(sampleLists)) await operator.mutate(importCodes, { list, fromOn: '2020-01-01', entries });
  const ids = await organisationIds(operator);
  for (const organisation of [...Object.values(sample), ...more]) if (!ids.has(organisation.code)) ids.set(organisation.code, await registerVerified(operator, organisation));
  return ids;
}

async function organisationIds(operator: Session): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  let after: string | null = null;
  do {
    const { edges, pageInfo }: Listed = await operator.query<Listed>(listed, { after });
    for (const { node } of edges) ids.set(node.code, node.id);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  return ids;
}

async function registerVerified(operator: Session, organisation: SampleOrganisation): Promise<string> {
  const registered = await operator.mutate<{ node: { id: string; version: number } }>(register, { ...organisation, invented: true });
  await operator.mutate(verify, { id: registered.node.id, version: registered.node.version });
  return registered.node.id;
}
