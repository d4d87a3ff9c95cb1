// Typed clients of the services behind the gateway.
import { services as definitions } from '@tandem/contracts';
import { connect, type Connection, type RpcClient, type TokenSigner } from '@tandem/service-kit';

export const behind = ['identity', 'demand', 'programs', 'placement', 'outcomes'] as const;
export type ServiceName = (typeof behind)[number];
export type Addresses = Readonly<Record<ServiceName, string>>;

type Definitions = typeof definitions;
type Client<Name extends keyof Definitions> = RpcClient<Definitions[Name]>;

/** Which definition of which service answers under which name. */
const clients = {
  organisations: ['identity', 'tandem.identity.v1.OrganisationService'],
  memberships: ['identity', 'tandem.identity.v1.MembershipService'],
  delegations: ['identity', 'tandem.identity.v1.DelegationService'],
  codes: ['identity', 'tandem.identity.v1.CodeService'],
  clock: ['identity', 'tandem.identity.v1.ClockService'],
  positions: ['demand', 'tandem.demand.v1.PositionService'],
  reviews: ['demand', 'tandem.demand.v1.ReviewService'],
  headcounts: ['demand', 'tandem.demand.v1.HeadcountService'],
  programs: ['programs', 'tandem.programs.v1.ProgramService'],
  register: ['programs', 'tandem.programs.v1.RegisterService'],
  cohorts: ['programs', 'tandem.programs.v1.CohortService'],
  classes: ['programs', 'tandem.programs.v1.ClassService'],
  students: ['programs', 'tandem.programs.v1.StudentService'],
  placements: ['placement', 'tandem.placement.v1.PlacementService'],
  rounds: ['placement', 'tandem.placement.v1.RoundService'],
  entries: ['placement', 'tandem.placement.v1.EntryService'],
  lists: ['placement', 'tandem.placement.v1.PreferenceService'],
  appeals: ['placement', 'tandem.placement.v1.AppealService'],
  offers: ['placement', 'tandem.placement.v1.OfferService'],
  insight: ['placement', 'tandem.placement.v1.InsightService'],
  todos: ['placement', 'tandem.placement.v1.TodoService'],
  internships: ['outcomes', 'tandem.outcomes.v1.InternshipService'],
  assessments: ['outcomes', 'tandem.outcomes.v1.AssessmentService'],
  destinations: ['outcomes', 'tandem.outcomes.v1.DestinationService'],
  retention: ['outcomes', 'tandem.outcomes.v1.RetentionService'],
  indicators: ['outcomes', 'tandem.outcomes.v1.IndicatorService'],
} as const satisfies Record<string, readonly [ServiceName, keyof Definitions]>;

type Clients = { readonly [Name in keyof typeof clients]: Client<(typeof clients)[Name][1]> };

export class Services {
  readonly organisations!: Clients['organisations'];
  readonly memberships!: Clients['memberships'];
  readonly delegations!: Clients['delegations'];
  readonly codes!: Clients['codes'];
  readonly clock!: Clients['clock'];
  readonly positions!: Clients['positions'];
  readonly reviews!: Clients['reviews'];
  readonly headcounts!: Clients['headcounts'];
  readonly programs!: Clients['programs'];
  readonly register!: Clients['register'];
  readonly cohorts!: Clients['cohorts'];
  readonly classes!: Clients['classes'];
  readonly students!: Clients['students'];
  readonly placements!: Clients['placements'];
  readonly rounds!: Clients['rounds'];
  readonly entries!: Clients['entries'];
  readonly lists!: Clients['lists'];
  readonly appeals!: Clients['appeals'];
  readonly offers!: Clients['offers'];
  readonly insight!: Clients['insight'];
  readonly todos!: Clients['todos'];
  readonly internships!: Clients['internships'];
  readonly assessments!: Clients['assessments'];
  readonly destinations!: Clients['destinations'];
  readonly retention!: Clients['retention'];
  readonly indicators!: Clients['indicators'];
  /** The operator's questions, to each service alike. */
  readonly ops: Readonly<Record<ServiceName, Client<'tandem.ops.v1.OpsService'>>>;
  /** A job lives in the service whose command it repeats. */
  readonly jobs: Readonly<Record<ServiceName, Client<'tandem.ops.v1.JobService'>>>;
  private readonly connections: Readonly<Record<ServiceName, Connection>>;

  constructor(addresses: Addresses, signer: TokenSigner) {
    this.connections = each((name) => connect(name, addresses[name], signer));
    this.ops = each((name) => this.connections[name].rpc(definitions['tandem.ops.v1.OpsService']));
    this.jobs = each((name) => this.connections[name].rpc(definitions['tandem.ops.v1.JobService']));
    for (const [name, [service, definition]] of Object.entries(clients)) Object.assign(this, { [name]: this.connections[service].rpc(definitions[definition]) });
  }

  close(): void {
    for (const connection of Object.values(this.connections)) connection.close();
  }
}

function each<T>(make: (name: ServiceName) => T): Readonly<Record<ServiceName, T>> {
  return Object.fromEntries(behind.map((name) => [name, make(name)])) as Record<ServiceName, T>;
}
