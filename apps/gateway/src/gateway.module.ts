import { join } from 'node:path';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module, type DynamicModule } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ClockResolver } from './clock/clock.resolver.js';
import { CodesResolver } from './codes/codes.resolver.js';
import { DelegationsResolver } from './delegations/delegations.resolver.js';
import { GatewayCommands } from './edge/commands.js';
import { contextOf, type EdgeRequest } from './edge/context.js';
import { formatError } from './edge/errors.js';
import { documentLimits } from './edge/limits.js';
import { Nodes } from './edge/nodes.js';
import { NodeResolver } from './edge/node.resolver.js';
import { requestReport, type ReportTo } from './edge/report.js';
import { Services } from './edge/services.js';
import type { Sessions } from './edge/session.js';
import { JobsResolver } from './jobs/jobs.resolver.js';
import { MembershipsResolver } from './memberships/memberships.resolver.js';
import { OpsResolver } from './ops/ops.resolver.js';
import { MeResolver, OrganisationsResolver } from './organisations/organisations.resolver.js';
import { PlacementsResolver } from './placements/placements.resolver.js';
import { PositionsResolver } from './positions/positions.resolver.js';
import { ReviewsResolver } from './reviews/reviews.resolver.js';

/** A resolver a feature, one line each. */
const features = [OrganisationsResolver, MeResolver, MembershipsResolver, DelegationsResolver, CodesResolver, ClockResolver, PositionsResolver, ReviewsResolver, PlacementsResolver, JobsResolver, OpsResolver];

@Module({})
export class GatewayModule {
  static of(services: Services, sessions: Sessions, report: ReportTo): DynamicModule {
    const limits = documentLimits();
    const graphql = GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      // From `src` in a build too: the compiler copies no schema files.
      typePaths: [join(import.meta.dirname, '../src/**/*.graphql')],
      resolvers: {},
      context: ({ req }: { req: EdgeRequest }) => contextOf(sessions, report.logger, req),
      formatError,
      introspection: false,
      playground: false,
      autoTransformHttpErrors: false,
      allowBatchedHttpRequests: false,
      persistedQueries: false,
      stopOnTerminationSignals: false,
      validationRules: limits.validationRules,
      // Nest's types name Apollo's CommonJS build, ours its ES modules: the same interface under two names.
      plugins: [
        ...limits.plugins,
        requestReport(report),
        ApolloServerPluginCacheControlDisabled(),
        ApolloServerPluginUsageReportingDisabled(),
        ApolloServerPluginSchemaReportingDisabled(),
        ApolloServerPluginLandingPageDisabled(),
      ] as unknown as NonNullable<ApolloDriverConfig['plugins']>,
    });
    const shared = [{ provide: Services, useValue: services }, GatewayCommands, Nodes];
    return { module: GatewayModule, imports: [graphql], providers: [...shared, NodeResolver, ...features] };
  }
}
