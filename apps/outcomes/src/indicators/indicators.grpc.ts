import { services, type outcomes } from '@tandem/contracts';
import type { Protected } from '@tandem/indicators';
import { code, GrpcService, optional, Rpc, type Call, type Serves } from '@tandem/service-kit';
import { isRegionCode } from '@tandem/taxonomy';
import { z } from 'zod';
import type { Definition } from './definition.js';
import { axes, IndicatorsService } from './indicators.service.js';

const definition = services['tandem.outcomes.v1.IndicatorService'];
const Definitions = z.strictObject({});
const Figures = z.strictObject({
  indicator: code,
  by: z.array(z.enum(axes)).max(3),
  region: optional(z.string().refine(isRegionCode)),
  occupation: optional(code),
  period: optional(z.string().regex(/^\d{4}Q[1-4]$/)),
});

@GrpcService(definition)
export class IndicatorsGrpc implements Serves<typeof definition> {
  constructor(private readonly indicators: IndicatorsService) {}

  @Rpc(Definitions) async listDefinitions(): Promise<outcomes.ListDefinitionsResponse> {
    return { definitions: this.indicators.definitions().map(definitionView) };
  }
  @Rpc(Figures, 'bureau_officer', 'operator', 'college_office') async getFigures(call: Call, question: z.infer<typeof Figures>): Promise<outcomes.GetFiguresResponse> {
    const { definition: of, figures, total, suppressed } = await this.indicators.figures(call, question);
    return { definition: definitionView(of), figures: figures.map(figureView), total: figureView(total), suppressed };
  }
}

function definitionView({ indicator, version, population, numerator, denominator, unknown }: Definition): outcomes.IndicatorDefinition {
  return { indicator, version, population: population.code, numerator: numerator.code, denominator: denominator.code, unknown: unknown.code };
}

function figureView({ key: [region = '', occupation = '', period = ''], isSuppressed, denominator, numerator, unknown, ratePermille }: Protected): outcomes.Figure {
  return { region, occupation, period, suppressed: isSuppressed, denominator, numerator, unknown, ratePermille: ratePermille ?? -1 };
}
