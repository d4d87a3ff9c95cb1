// Typed clients of the services behind the gateway.
import { services as definitions } from '@tandem/contracts';
import { connect, type Connection, type RpcClient, type TokenSigner } from '@tandem/service-kit';

export const behind = ['identity', 'demand', 'placement'] as const;
export type ServiceName = (typeof behind)[number];
export type Addresses = Readonly<Record<ServiceName, string>>;

type Definitions = typeof definitions;
type Client<Name extends keyof Definitions> = RpcClient<Definitions[Name]>;

export class Services {
  private readonly connections: Readonly<Record<ServiceName, Connection>>;
  readonly organisations: Client<'tandem.identity.v1.OrganisationService'>;
  readonly memberships: Client<'tandem.identity.v1.MembershipService'>;
  readonly delegations: Client<'tandem.identity.v1.DelegationService'>;
  readonly codes: Client<'tandem.identity.v1.CodeService'>;
  readonly clock: Client<'tandem.identity.v1.ClockService'>;
  readonly positions: Client<'tandem.demand.v1.PositionService'>;
  readonly reviews: Client<'tandem.demand.v1.ReviewService'>;
  readonly placements: Client<'tandem.placement.v1.PlacementService'>;
  /** The operator's questions, to each service alike. */
  readonly ops: Readonly<Record<ServiceName, Client<'tandem.ops.v1.OpsService'>>>;
  /** A job lives in the service whose command it repeats. */
  readonly jobs: Readonly<Record<ServiceName, Client<'tandem.ops.v1.JobService'>>>;

  constructor(addresses: Addresses, signer: TokenSigner) {
    const to = (name: ServiceName): Connection => connect(name, addresses[name], signer);
    this.connections = { identity: to('identity'), demand: to('demand'), placement: to('placement') };
    const { identity, demand, placement } = this.connections;
    this.organisations = identity.rpc(definitions['tandem.identity.v1.OrganisationService']);
    this.memberships = identity.rpc(definitions['tandem.identity.v1.MembershipService']);
    this.delegations = identity.rpc(definitions['tandem.identity.v1.DelegationService']);
    this.codes = identity.rpc(definitions['tandem.identity.v1.CodeService']);
    this.clock = identity.rpc(definitions['tandem.identity.v1.ClockService']);
    this.positions = demand.rpc(definitions['tandem.demand.v1.PositionService']);
    this.reviews = demand.rpc(definitions['tandem.demand.v1.ReviewService']);
    this.placements = placement.rpc(definitions['tandem.placement.v1.PlacementService']);
    const ops = definitions['tandem.ops.v1.OpsService'];
    const jobs = definitions['tandem.ops.v1.JobService'];
    this.jobs = { identity: identity.rpc(jobs), demand: demand.rpc(jobs), placement: placement.rpc(jobs) };
    this.ops = { identity: identity.rpc(ops), demand: demand.rpc(ops), placement: placement.rpc(ops) };
  }

  close(): void {
    for (const connection of Object.values(this.connections)) connection.close();
  }
}
