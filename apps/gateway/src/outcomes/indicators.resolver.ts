import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import type { outcomes } from '@tandem/contracts';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';

interface FigureNode {
  readonly region: string | null;
  readonly occupation: string | null;
  readonly period: string | null;
  readonly suppressed: boolean;
  readonly denominator: number | null;
  readonly numerator: number | null;
  readonly unknown: number | null;
  readonly ratePermille: number | null;
}
interface Question {
  readonly indicator: string;
  readonly by: string[];
  readonly filter?: { region?: string; occupation?: string; period?: string };
}

@Resolver('Figures')
export class IndicatorsResolver {
  constructor(private readonly services: Services) {}

  @Query('figures')
  async figures(@Args() { indicator, by, filter }: Question, @Context() context: RequestContext): Promise<Omit<outcomes.GetFiguresResponse, 'figures' | 'total'> & { figures: FigureNode[]; total: FigureNode | null }> {
    const { region = '', occupation = '', period = '' } = filter ?? {};
    const { figures, total, ...told } = await this.services.indicators.getFigures(context.call(), { indicator, by, region, occupation, period });
    return { ...told, figures: figures.map(figureOf), total: total ? figureOf(total) : null };
  }

  @Query('indicatorDefinitions')
  async definitions(@Context() context: RequestContext): Promise<outcomes.IndicatorDefinition[]> {
    return (await this.services.indicators.listDefinitions(context.call(), {})).definitions;
  }
}

/** Of a hidden cell not even a zero. */
function figureOf({ region, occupation, period, suppressed, denominator, numerator, unknown, ratePermille }: outcomes.Figure): FigureNode {
  const counts = suppressed ? { denominator: null, numerator: null, unknown: null } : { denominator, numerator, unknown };
  return { region: region || null, occupation: occupation || null, period: period || null, suppressed, ...counts, ratePermille: ratePermille < 0 ? null : ratePermille };
}
