import { Feature } from '@tandem/service-kit';
import { appeals } from './appeal.entity.js';
import { AppealsGrpc } from './appeals.grpc.js';
import { AppealsService } from './appeals.service.js';
import { BundlesService } from './bundles.service.js';
import { EntriesGrpc } from './entries.grpc.js';
import { EntriesService } from './entries.service.js';
import { entries } from './entry.entity.js';
import { ExplanationsService } from './explanations.service.js';
import { RoundInputs } from './inputs.service.js';
import { InsightGrpc } from './insight.grpc.js';
import { IssuingService } from './issuing.service.js';
import { lists } from './list.entity.js';
import { ListsGrpc } from './lists.grpc.js';
import { ListsService } from './lists.service.js';
import { MatchingService } from './matching.service.js';
import { offers } from './offer.entity.js';
import { OffersGrpc } from './offers.grpc.js';
import { OffersService } from './offers.service.js';
import { PositionResultService } from './position-result.service.js';
import { RunRow } from './run.entity.js';
import { AssignmentRow, rounds } from './round.entity.js';
import { RoundsEvents } from './rounds.events.js';
import { RoundsGrpc } from './rounds.grpc.js';
import { RoundsService } from './rounds.service.js';
import { RoundRunner } from './runner.service.js';
import { ScenariosService } from './scenarios.service.js';
import { TodosGrpc } from './todos.grpc.js';
import { TodosService } from './todos.service.js';
import { UnplacedService } from './unplaced.service.js';

@Feature({
  aggregates: [rounds, entries, lists, offers, appeals],
  tables: [RunRow, AssignmentRow],
  controllers: [RoundsGrpc, EntriesGrpc, ListsGrpc, OffersGrpc, AppealsGrpc, InsightGrpc, TodosGrpc],
  providers: [
    RoundsService, EntriesService, ListsService, OffersService, AppealsService, RoundInputs, MatchingService, IssuingService, RoundRunner, RoundsEvents,
    ExplanationsService, BundlesService, UnplacedService, PositionResultService, ScenariosService, TodosService,
  ],
})
export class RoundsModule {}
