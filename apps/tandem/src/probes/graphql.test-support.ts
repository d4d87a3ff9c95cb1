// Probes over GraphQL: ids, filters, cursors and walks, each as every stranger.
import type { GraphQLSchema } from 'graphql';
import { getNamedType, isEnumType, isRequiredArgument } from 'graphql';
import { inBatches, leaked, neutral, note, shape, type Findings } from './compare.test-support.js';
import { argumentsOf, documentOf, places, rootFields, selectionsOf, takesId, type Given, type Place, type RootField } from './schema.test-support.js';
import { kindsOf, listsOfVictims, mayWriteOwn, PUBLISHED, soughtIn, type Kind } from './kinds.test-support.js';
import { formsOf, globalOf, victimsFor, type Victim, type Victims } from './victims.test-support.js';
import { inner } from './values.test-support.js';
import type { Session } from '../commands/client.js';
import type { ProbeWorld, Stranger } from './world.test-support.js';

export async function ask(url: string, token: string, body: { query: string; variables?: Record<string, unknown> }): Promise<string> {
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify(body) });
  return response.text();
}

export interface Probing {
  readonly world: ProbeWorld;
  readonly schema: GraphQLSchema;
  readonly victims: Victims;
  readonly findings: Findings;
}

export const idPlaces = (schema: GraphQLSchema): Place[] => places(schema).filter(takesId);
export const placeName = ({ field, path }: Place): string => `${field.name}(${path.join('.')})`;

interface IdProbe {
  readonly place: Place;
  readonly victim: Victim;
  readonly who: Stranger;
  readonly query: string;
}

/** For each place that takes an id, each victim that belongs there and each stranger; `only` keeps those that change nothing of their own, or those that may. */
export function idProbes({ world, schema, victims }: Probing, wanted: (kind: Kind) => boolean): IdProbe[] {
  return idPlaces(schema).flatMap((place) => {
    const selections = selectionsOf(schema, getNamedType(place.field.type), place.operation === 'query' ? 6 : depthOf(place));
    const found = victimsFor(victims, place.key, wanted);
    return found.flatMap((victim) =>
      world.strangers.flatMap((who) => selections.filter((selection) => belongs(selection, victim)).map((selection) => {
        const names = Object.keys(argumentsOf(place.field, given({ world, victims }, who, place, victim)));
        return { place, victim, who, query: documentOf(place, names, selection) };
      })),
    );
  });
}

/** A position's seats count on while strangers are placed at it, so an answer about one's own row stays at that row. */
function depthOf({ key }: Place): number {
  return (kindsOf(key) ?? []).some((kind) => mayWriteOwn.has(kind)) ? 2 : 5;
}

/** Of the selections for a node of any type, the victim's own; every stranger also asks for it as another type in the hostile tests. */
function belongs(selection: string, { type }: Pick<Victim, 'type'>): boolean {
  return !selection.startsWith(' { __typename ... on ') || selection.includes(`... on ${type} {`);
}

/** Where the probed id is a delegation, a position that it would open stands beside it. */
function given({ world, victims }: Pick<Probing, 'world' | 'victims'>, { principal, onBehalfOf }: Stranger, { path, slot }: Place, { type, id, version }: Victim): Given {
  const value = getNamedType(slot.type).name === 'ID' ? globalOf(type, id) : id;
  return { values: { [path.join('.')]: value }, role: principal.role, version, open: world.open, privatePosition: besides(victims), ...(onBehalfOf !== undefined && { onBehalfOf }) };
}

function besides({ all }: Victims): string {
  const position = all.find(({ kind }) => kind === 'position');
  return position ? globalOf('Position', position.id) : '';
}

/** The real id and an unknown one must be answered alike, and the answer holds nothing of anybody else. */
export async function runIdProbes(probing: Probing, probes: readonly IdProbe[]): Promise<void> {
  const { world, victims, findings } = probing;
  await inBatches(probes, async ({ place, victim, who, query }) => {
    const send = (id: string) => ask(world.running.url, who.token, { query, variables: argumentsOf(place.field, given(probing, who, place, { ...victim, id })) });
    const unknown = crypto.randomUUID();
    const [real, other] = [await send(victim.id), await send(unknown)];
    const name = placeName(place);
    note(findings, name, real);
    note(findings, name, other);
    const forms = [...formsOf(victim), besides(victims), inner(besides(victims))];
    const alike = mayWriteOwn.has(victim.kind) ? shape(real) === shape(other) : neutral(real, forms) === neutral(other, [...formsOf({ ...victim, id: unknown }), ...forms.slice(-2)]);
    if (!alike) findings.leaks.push(`${name} as ${who.name}: a ${victim.kind} is told from an unknown id: ${real.slice(0, 300)} | ${other.slice(0, 300)}`);
    report(findings, `${name} as ${who.name}`, leaked(real, victims.secrets, forms));
  });
}

function report(findings: Findings, where: string, found: readonly string[]): void {
  if (found.length > 0) findings.leaks.push(`${where}: ${found.slice(0, 3).join(', ')}`);
}

interface Look {
  readonly place: string;
  readonly who: Stranger;
  readonly query: string;
  readonly variables: Record<string, unknown>;
  /** Variables that look for something nobody has, to be answered alike. */
  readonly control?: Record<string, unknown>;
}

/** Every query as every stranger: each value of every enum, each filter, five objects deep below the list's own frame. */
export function looks({ world, schema, victims }: Probing): Look[] {
  const all = places(schema).filter((place) => place.operation === 'query' && !takesId(place));
  return rootFields(schema).filter(({ operation }) => operation === 'query').flatMap(({ operation, field }) => {
    const own = all.filter((place) => place.field === field);
    const variations = [{ key: field.name, values: {} }, ...own.flatMap(variationsOf)];
    const selections = selectionsOf(schema, getNamedType(field.type), 7);
    const byId = field.args.some(({ name }) => name === 'id');
    // Nodes that everybody may see: what hangs on them is walked. What else is read by id alone was probed above.
    const baselines = field.name === 'node' ? publicNodes(victims) : byId ? [] : requiredEnums(own);
    return world.strangers.flatMap((who) => variations.flatMap(({ key, values, control }) => baselines.flatMap((baseline) => selections.filter((selection) => fits(selection, baseline)).map((selection): Look => {
      const with_ = (more: Record<string, unknown>) => argumentsOf(field, { ...base(world, who), values: { ...page(field), ...baseline, ...more } });
      const variables = with_(values);
      return { place: key, who, query: documentOf({ operation, field }, Object.keys(variables), selection), variables, ...(control && { control: with_(control) }) };
    }))));
  });
}

/** A node's own selection; a list has but one. */
function fits(selection: string, { id }: Record<string, unknown>): boolean {
  return typeof id !== 'string' || belongs(selection, { type: Buffer.from(id, 'base64url').toString('utf8').split(':')[0] ?? '' });
}

const publicNodes = ({ all, orgs }: Victims): Record<string, unknown>[] => [...all.filter(({ kind }) => kind.startsWith('public ')).map(({ type, id }) => ({ id: globalOf(type, id) })), ...orgs.map((id) => ({ id: globalOf('Organisation', id) }))];
const base = ({ open }: ProbeWorld, { principal }: Stranger): Omit<Given, 'values'> => ({ role: principal.role, version: 1, open, privatePosition: '' });
const page = (field: RootField): Record<string, unknown> => (field.args.some(({ name }) => name === 'page') ? { 'page.first': 100 } : {});

interface Variation {
  readonly key: string;
  readonly values: Record<string, unknown>;
  readonly control?: Record<string, unknown>;
}

function variationsOf({ path, key, slot }: Place): Variation[] {
  const type = getNamedType(slot.type);
  const at = path.join('.');
  if (isEnumType(type)) return type.getValues().map(({ name }) => ({ key, values: { [at]: name } }));
  if (type.name === 'Boolean') return [{ key, values: { [at]: true } }];
  if (type.name !== 'String' || slot.name === 'after') return [];
  const sought = soughtIn[key];
  if (!sought) throw new Error(`${key} filters by a text, and nothing is named for a stranger to look for: add it to soughtIn`);
  return [{ key, values: { [at]: sought[0] }, control: { [at]: sought[1] } }];
}

/** Every combination of the lists' sides (`view`, `list`): each filter is tried on each side. */
function requiredEnums(own: readonly Place[]): Record<string, unknown>[] {
  const sides = own.filter(({ path, slot }) => path.length === 1 && isEnumType(getNamedType(slot.type)) && (isRequiredArgument(slot as RootField['args'][number]) || slot.name === 'view'));
  const [side] = sides;
  const type = side && getNamedType(side.slot.type);
  return side && isEnumType(type) ? type.getValues().map(({ name }) => ({ [side.slot.name]: name })) : [{}];
}

export async function runLooks({ world, victims, findings }: Probing, list: readonly Look[]): Promise<void> {
  await inBatches(list, async ({ place, who, query, variables, control }) => {
    const answer = await ask(world.running.url, who.token, { query, variables });
    note(findings, place, answer);
    report(findings, `${place} ${JSON.stringify(variables)} as ${who.name}`, leaked(answer, victims.secrets, []));
    if (!control) return;
    const other = await ask(world.running.url, who.token, { query, variables: control });
    note(findings, place, other);
    // The same word on both sides is a filter that anybody may use; its rows were looked through above.
    if (JSON.stringify(control) !== JSON.stringify(variables) && neutral(other, []) !== neutral(answer, [])) findings.leaks.push(`${place} as ${who.name}: what a victim has is told from what nobody has`);
  });
}

/** A cursor of the victim's own list in a stranger's hand: at most where to go on among the stranger's own rows. */
export async function cursorLooks(probing: Probing): Promise<Look[]> {
  const { world, schema } = probing;
  const lists = places(schema).filter(({ slot, operation }) => operation === 'query' && slot.name === 'after');
  const found = await Promise.all(lists.map(async (place) => {
    const list = listsOfVictims[place.field.name];
    if (!list) throw new Error(`${place.field.name} is a list, and no victim's list is named for its cursors: add it to listsOfVictims`);
    const owner = await world.as(list.role, list.code);
    const args = list.args.includes(PUBLISHED) ? list.args.replace(PUBLISHED, await publishedRound(owner)) : list.args;
    const { pageInfo } = await owner.query<{ pageInfo: { endCursor: string | null } }>(`query { ${place.field.name}(${args}page: { first: 1 }) { pageInfo { endCursor } } }`);
    if (!pageInfo.endCursor) throw new Error(`the victim's list ${place.field.name} is empty`);
    return { place, cursor: pageInfo.endCursor };
  }));
  return found.flatMap(({ place, cursor }) => world.strangers.flatMap((who) => requiredEnums(places(schema).filter(({ field }) => field === place.field)).map((side): Look => {
    const variables = argumentsOf(place.field, { ...base(world, who), values: { ...page(place.field), ...side, [place.path.join('.')]: cursor } });
    const [selection = ''] = selectionsOf(schema, getNamedType(place.field.type), 5);
    return { place: `${place.field.name}(after)`, who, query: documentOf(place, Object.keys(variables), selection), variables };
  })));
}

async function publishedRound(owner: Session): Promise<string> {
  const { edges } = await owner.query<{ edges: { node: { id: string } }[] }>('query { rounds(view: own, filter: { state: published }) { edges { node { id } } } }');
  if (!edges[0]) throw new Error('the victim has no published round');
  return edges[0].node.id;
}
