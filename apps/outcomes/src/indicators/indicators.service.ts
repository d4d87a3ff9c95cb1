import { Injectable } from '@nestjs/common';
import { OPERATOR_ORG, refusals } from '@tandem/contracts';
import { ALL, protect, type Cell, type Protected } from '@tandem/indicators';
import { TenantDatabase, type Tx } from '@tandem/persistence';
import type { Call } from '@tandem/service-kit';
import { regionOf } from '../projections/known-organisations.js';
import { definitions } from './cube.js';
import type { Definition } from './definition.js';

export const axes = ['region', 'occupation', 'period'] as const;
export type Axis = (typeof axes)[number];

export interface Question {
  readonly indicator: string;
  readonly by: readonly Axis[];
  readonly region: string | null;
  readonly occupation: string | null;
  readonly period: string | null;
}
export interface Figures {
  readonly definition: Definition;
  readonly figures: readonly Protected[];
  readonly total: Protected;
  readonly suppressed: number;
}

export const refuse = refusals('indicator', { unknown: 'not_found', region_outside: 'permission_denied' });

@Injectable()
export class IndicatorsService {
  constructor(private readonly database: TenantDatabase) {}

  definitions(): readonly Definition[] {
    return definitions;
  }

  /**
   * The whole cube of the caller's reach goes through disclosure control, with every sum over its axes; only then the table that was asked for is
   * cut out of it, so that no two questions differ in what they hide. The total is that of the reach.
   */
  async figures(call: Call, { indicator, by, ...narrow }: Question): Promise<Figures> {
    const definition = definitions.find((one) => one.indicator === indicator);
    if (!definition) throw refuse.unknown({ field: 'indicator', indicator });
    const reach = await this.reachOf(call);
    if (narrow.region !== null && !narrow.region.startsWith(significant(reach.region))) throw refuse.region_outside({ field: 'region', region: reach.region });
    const cube = protect(await this.database.withTenant({ org: reach.org }, (tx) => read(tx, indicator, reach)));
    const isShown = (axis: Axis): boolean => by.includes(axis) || narrow[axis] !== null;
    const figures = cube.filter(({ key }) => axes.every((axis, n) => (isShown(axis) ? key[n] !== ALL && isWithin(axis, key[n] ?? '', narrow[axis]) : key[n] === ALL)));
    const total = cube.find(({ key }) => key.every((code) => code === ALL)) ?? nothing;
    return { definition, figures, total, suppressed: figures.filter(({ isSuppressed }) => isSuppressed).length };
  }

  /** A bureau reads its region's subtree of everybody's cells, a college its own. */
  private async reachOf({ principal }: Call): Promise<Reach> {
    if (principal.orgKind !== 'bureau' && principal.orgKind !== 'operator') return { org: principal.org, region: '', column: 'org' };
    const region = principal.orgKind === 'operator' ? '' : await this.database.withTenant(principal, (tx) => regionOf(tx, principal.org));
    return { org: OPERATOR_ORG, region: region ?? 'none', column: 'reader_org' };
  }
}

interface Reach {
  readonly org: string;
  readonly region: string;
  readonly column: 'org' | 'reader_org';
}
const nothing: Protected = { key: [ALL, ALL, ALL], isSuppressed: true, denominator: 0, numerator: 0, unknown: 0, ratePermille: null };

interface Counts {
  readonly key: string[];
  readonly population: string;
  readonly denominator: string;
  readonly numerator: string;
  readonly unknown: string;
}

async function read(tx: Tx, indicator: string, { column, org, region }: Reach): Promise<Cell[]> {
  const rows = await tx.query<Counts>(
    `select array[region, occupation, period] key, sum(population) population, sum(denominator) denominator, sum(numerator) numerator, sum(unknown) unknown
       from cells where ${column} = $1 and indicator = $2 and region like $3 group by region, occupation, period having sum(population) <> 0`,
    [org, indicator, `${significant(region)}%`],
  );
  return rows.map(({ key, ...counts }) => ({ key, population: Number(counts.population), denominator: Number(counts.denominator), numerator: Number(counts.numerator), unknown: Number(counts.unknown) }));
}

/** Of a region code what all below it share. */
function significant(region: string): string {
  return region.replace(/(00)+$/, '');
}

function isWithin(axis: Axis, code: string, narrow: string | null): boolean {
  if (narrow === null) return true;
  return axis === 'region' ? code.startsWith(significant(narrow)) : code === narrow;
}
