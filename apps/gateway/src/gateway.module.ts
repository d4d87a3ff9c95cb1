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
import { contextOf, requestOf, type EdgeConnection } from './edge/context.js';
import { formatError } from './edge/errors.js';
import { documentLimits } from './edge/limits.js';
import { Nodes } from './edge/nodes.js';
import { NodeResolver } from './edge/node.resolver.js';
import { requestReport, type ReportTo } from './edge/report.js';
import { Services } from './edge/services.js';
import type { Sessions } from './edge/session.js';
import { HeadcountsResolver } from './headcounts/headcounts.resolver.js';
import { ImportsResolver } from './imports/imports.resolver.js';
import { JobsResolver } from './jobs/jobs.resolver.js';
import { MembershipsResolver } from './memberships/memberships.resolver.js';
import { OpsResolver } from './ops/ops.resolver.js';
import { MeResolver, OrganisationsResolver } from './organisations/organisations.resolver.js';
import { EventsResolver } from './events/events.resolver.js';
import { LiveEvents } from './events/live-events.js';
import { AssessmentsResolver } from './outcomes/assessments.resolver.js';
import { DestinationsResolver } from './outcomes/destinations.resolver.js';
import { IndicatorsResolver } from './outcomes/indicators.resolver.js';
import { InternshipsResolver } from './outcomes/internships.resolver.js';
import { RetentionResolver } from './outcomes/retention.resolver.js';
import { PlacementsResolver } from './placements/placements.resolver.js';
import { PositionsResolver } from './positions/positions.resolver.js';
import { ClassesResolver } from './programs/classes.resolver.js';
import { CohortsResolver } from './programs/cohorts.resolver.js';
import { ProgramsResolver } from './programs/programs.resolver.js';
import { StudentsResolver } from './programs/students.resolver.js';
import { ReviewsResolver } from './reviews/reviews.resolver.js';
import { EntriesResolver } from './rounds/entries.resolver.js';
import { ExplanationsResolver, WishExplanationsResolver } from './rounds/explanations.resolver.js';
import { AppealsResolver } from './rounds/appeals.resolver.js';
import { PositionResultsResolver, ScenariosResolver, SeatsThatHelpResolver, UnplacedStudentsResolver } from './rounds/insight.resolver.js';
import { ListsResolver } from './rounds/lists.resolver.js';
import { OffersResolver } from './rounds/offers.resolver.js';
import { RoundsResolver } from './rounds/rounds.resolver.js';
import { TodosResolver } from './todos/todos.resolver.js';

/** A resolver a type, one line each. */
const features = [
  OrganisationsResolver,
  MeResolver,
  MembershipsResolver,
  DelegationsResolver,
  CodesResolver,
  ClockResolver,
  PositionsResolver,
  ReviewsResolver,
  HeadcountsResolver,
  ProgramsResolver,
  CohortsResolver,
  ClassesResolver,
  StudentsResolver,
  ImportsResolver,
  RoundsResolver,
  ExplanationsResolver,
  WishExplanationsResolver,
  UnplacedStudentsResolver,
  SeatsThatHelpResolver,
  PositionResultsResolver,
  ScenariosResolver,
  TodosResolver,
  EntriesResolver,
  AppealsResolver,
  ListsResolver,
  OffersResolver,
  PlacementsResolver,
  InternshipsResolver,
  AssessmentsResolver,
  DestinationsResolver,
  RetentionResolver,
  IndicatorsResolver,
  EventsResolver,
  JobsResolver,
  OpsResolver,
];

@Module({})
export class GatewayModule {
  static of({ services, sessions, live }: { services: Services; sessions: Sessions; live: LiveEvents }, report: ReportTo): DynamicModule {
    const limits = documentLimits();
    const graphql = GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      // From `src` in a build too: the compiler copies no schema files.
      typePaths: [join(import.meta.dirname, '../src/**/*.graphql')],
      resolvers: {},
      context: (connection: EdgeConnection) => contextOf(sessions, report.logger, requestOf(connection)),
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
    const shared = [{ provide: Services, useValue: services }, { provide: LiveEvents, useValue: live }, GatewayCommands, Nodes];
    return { module: GatewayModule, imports: [graphql], providers: [...shared, NodeResolver, ...features] };
  }
}
