// Probes below the gateway: every rpc of every service as every stranger, with good tokens.
import { services } from '@tandem/contracts';
import { connect, refusalOf, tokenSigner, type CallContext, type Connection } from '@tandem/service-kit';
import { newTraceparent } from '@tandem/test-kit';
import { inBatches, leaked, neutral, note, shape, type Findings } from './compare.test-support.js';
import { contracts, idFields, messageOf, type Contracts, type IdField, type Rpc } from './rpcs.test-support.js';
import { mayWriteOwn, type Kind } from './kinds.test-support.js';
import { victimsFor, type Victim, type Victims } from './victims.test-support.js';
import type { ProbeWorld, Stranger } from './world.test-support.js';

type Service = keyof ProbeWorld['running']['addresses'];
type Call = (context: CallContext, request: unknown) => Promise<unknown>;

export interface Wire {
  readonly contract: Contracts;
  /** A method of a service's contract, at one of the services that serve it. */
  readonly call: (service: Service, rpc: Rpc, who: Stranger, request: unknown) => Promise<string>;
  close(): void;
}

export async function wire({ running }: ProbeWorld): Promise<Wire> {
  const signer = await tokenSigner(running.home.secrets.gateway.privateKey);
  const connections = new Map<Service, Connection>(Object.entries(running.addresses).map(([name, address]) => [name as Service, connect(name, address, signer)]));
  return {
    contract: contracts(),
    call: async (service, rpc, { principal }, request) => {
      const client = connections.get(service)?.rpc(services[rpc.service]) as unknown as Record<string, Call>;
      const context: CallContext = { principal, requestId: crypto.randomUUID(), traceparent: newTraceparent(), key: crypto.randomUUID() };
      try {
        return JSON.stringify((await client[rpc.method]?.(context, request)) ?? null);
      } catch (error) {
        const { code, details } = error as { code?: number; details?: string };
        return JSON.stringify({ status: code, details, code: refusalOf(error)?.code ?? 'none', of: refusalOf(error)?.details });
      }
    },
    close: () => connections.forEach((connection) => connection.close()),
  };
}

/** Where a contract is served: by its own service; the operators' and the jobs' by all. */
export function servers({ service }: Rpc): Service[] {
  const name = service.split('.')[1] as Service | 'ops';
  return name === 'ops' ? ['identity', 'demand', 'programs', 'placement', 'outcomes'] : [name];
}

export const rpcName = ({ service, method }: Rpc): string => `${service}/${method}`;

export interface RpcProbing {
  readonly world: ProbeWorld;
  readonly victims: Victims;
  readonly findings: Findings;
  readonly wire: Wire;
}

/** A message of all services names rows of the one that is asked; at any other service a row's id is as unknown as any. */
function placeOf({ service }: Rpc, { key }: IdField): string {
  return key === 'Target.id' || key === 'BatchGetRequest.ids' ? `${service.split('.')[1]} ${key}` : key;
}

interface RpcProbe {
  readonly rpc: Rpc;
  readonly service: Service;
  readonly who: Stranger;
  readonly field: IdField | null;
  readonly victim: Victim | null;
}

/** For each id field of each rpc a victim's id; one call for an rpc that takes none. */
export function rpcProbes({ world, victims, wire: { contract } }: RpcProbing, wanted: (kind: Kind | null) => boolean): RpcProbe[] {
  return contract.rpcs.flatMap((rpc) => {
    const fields = idFields(contract, rpc.request);
    const aimed: { field: IdField | null; victim: Victim | null }[] = fields.flatMap((field) => victimsFor(victims, placeOf(rpc, field), wanted).map((victim) => ({ field, victim })));
    if (fields.length === 0 && wanted(null)) aimed.push({ field: null, victim: null });
    return aimed.flatMap((aim) => servers(rpc).flatMap((service) => world.strangers.map((who) => ({ rpc, service, who, ...aim }))));
  });
}

export async function runRpcProbes({ world, victims, findings, wire: { contract, call } }: RpcProbing, probes: readonly RpcProbe[]): Promise<void> {
  await inBatches(probes, async ({ rpc, service, who, field, victim }) => {
    const place = field ? `${rpcName(rpc)}(${field.path})` : rpcName(rpc);
    const send = async (id: string): Promise<{ answer: string; ids: readonly string[] }> => {
      const request = messageOf(contract, rpc.request, { path: field?.path ?? null, id, role: who.principal.role, version: victim?.version ?? 1, open: world.open });
      const answer = await call(service, rpc, who, request);
      note(findings, place, answer);
      return { answer, ids: JSON.stringify(request).match(/[0-9a-f]{8}-[0-9a-f-]{27}/g) ?? [] };
    };
    const real = await send(victim?.id ?? '');
    const found = leaked(real.answer, victims.secrets, victim ? [victim.id] : []);
    if (found.length > 0) findings.leaks.push(`${place} at ${service} as ${who.name}: ${found.slice(0, 3).join(', ')}`);
    if (!victim) return;
    const other = await send(crypto.randomUUID());
    const alike = mayWriteOwn.has(victim.kind) ? shape(real.answer) === shape(other.answer) : neutral(real.answer, real.ids) === neutral(other.answer, other.ids);
    if (!alike) findings.leaks.push(`${place} at ${service} as ${who.name}: a ${victim.kind} is told from an unknown id: ${real.answer.slice(0, 200)} | ${other.answer.slice(0, 200)}`);
  });
}

/** Every side of every list that the services keep, and what each filter does on it, is asked over GraphQL; here the lists' sides alone. Empty: a list with one side. */
export const sides: Readonly<Record<string, readonly string[]>> = {
  'tandem.demand.v1.PositionService/listPositions': ['own', 'park', 'review', 'published'],
  'tandem.placement.v1.PlacementService/listPlacements': ['own', 'party'],
  'tandem.placement.v1.RoundService/listRounds': ['own', 'published'],
  'tandem.placement.v1.EntryService/listEntries': ['own', 'published'],
  'tandem.placement.v1.PreferenceService/listLists': [''],
  'tandem.placement.v1.OfferService/listOffers': ['own', 'party'],
  'tandem.programs.v1.ProgramService/listPrograms': ['own', 'published'],
  'tandem.programs.v1.CohortService/listCohorts': [''],
  'tandem.programs.v1.ClassService/listClasses': [''],
  'tandem.programs.v1.StudentService/listStudents': [''],
  'tandem.outcomes.v1.InternshipService/listInternships': ['own', 'party'],
  'tandem.outcomes.v1.AssessmentService/listAssessments': ['own', 'college', 'enterprise'],
  'tandem.outcomes.v1.DestinationService/listDestinations': [''],
  'tandem.outcomes.v1.RetentionService/listRetentionChecks': [''],
  'tandem.identity.v1.DelegationService/listDelegations': ['own', 'party'],
};

export async function runSides({ world, victims, findings, wire: { contract, call } }: RpcProbing): Promise<void> {
  const asked = contract.rpcs.flatMap((rpc) => (sides[rpcName(rpc)] ?? []).flatMap((view) => world.strangers.map((who) => ({ rpc, view, who }))));
  await inBatches(asked, async ({ rpc, view, who }) => {
    const [service] = servers(rpc);
    if (!service) return;
    const request = { ...messageOf(contract, rpc.request, { path: null, id: '', role: who.principal.role, version: 1, open: world.open }), view };
    // A published position names the decision that published it; the decision itself is not read by strangers, which is probed above.
    const answer = (await call(service, rpc, who, request));
    note(findings, rpcName(rpc), answer);
    const found = leaked(answer, victims.secrets, []);
    if (found.length > 0) findings.leaks.push(`${rpcName(rpc)} ${view} as ${who.name}: ${found.slice(0, 3).join(', ')}`);
  });
}
