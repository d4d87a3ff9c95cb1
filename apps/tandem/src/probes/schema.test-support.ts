// The merged GraphQL schema as a source of probes: every place that takes an id, values for everything beside it, and selections that walk.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema, getNamedType, getNullableType, isAbstractType, isEnumType, isInputObjectType, isLeafType, isListType, isNonNullType, isRequiredArgument, isRequiredInputField,
  type GraphQLArgument, type GraphQLField, type GraphQLInputField, type GraphQLInputType, type GraphQLNamedType, type GraphQLObjectType, type GraphQLSchema,
} from 'graphql';
import { alsoGiven, sampleOf } from './samples.test-support.js';

const sources = join(import.meta.dirname, '../../../gateway/src');

export function gatewaySchema(more = ''): GraphQLSchema {
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.graphql')).sort();
  return buildSchema([...files.map((name) => readFileSync(join(sources, name), 'utf8')), more].join('\n'));
}

type Slot = GraphQLArgument | GraphQLInputField;
export type RootField = GraphQLField<unknown, unknown>;

/** One place in the arguments of one root field. */
export interface Place {
  readonly operation: 'query' | 'mutation';
  readonly field: RootField;
  /** Names from the argument down; lists are passed through. */
  readonly path: readonly string[];
  /** The innermost input type and the name in it. */
  readonly key: string;
  readonly slot: Slot;
}

export function rootFields(schema: GraphQLSchema): { readonly operation: 'query' | 'mutation'; readonly field: RootField }[] {
  const of = (operation: 'query' | 'mutation', type: GraphQLObjectType | null | undefined) => Object.values(type?.getFields() ?? {}).map((field) => ({ operation, field }));
  return [...of('query', schema.getQueryType()), ...of('mutation', schema.getMutationType())];
}

/** Every argument and input field, at any depth. */
export function places(schema: GraphQLSchema): Place[] {
  return rootFields(schema).flatMap(({ operation, field }) => {
    const owner = `${operation === 'query' ? 'Query' : 'Mutation'}.${field.name}`;
    return field.args.flatMap((slot) => within({ operation, field, path: [slot.name], key: `${owner}.${slot.name}`, slot }));
  });
}

function within(place: Place): Place[] {
  const type = getNamedType(place.slot.type);
  if (!isInputObjectType(type)) return [place];
  return [place, ...Object.values(type.getFields()).flatMap((slot) => within({ ...place, path: [...place.path, slot.name], key: `${type.name}.${slot.name}`, slot }))];
}

/** Of the type ID, named like an id, or said to be a UUID. */
export function takesId({ slot }: Place): boolean {
  const type = getNamedType(slot.type).name;
  return type === 'ID' || (type === 'String' && (/(^i|I)ds?$/.test(slot.name) || /account$/i.test(slot.name) || /UUID/.test(slot.description ?? '')));
}

/** What goes into one request: given values by dotted path, everything else that is required from samples. */
export interface Given {
  readonly values: Readonly<Record<string, unknown>>;
  /** Of the caller; decides the role that it may grant, and stands in every `onBehalfOf` that the caller acts under. */
  readonly role: string;
  readonly onBehalfOf?: string;
  /** Versions that the probed row really has. */
  readonly version: number;
  /** What anybody may name, by the name of the field. */
  readonly open: Readonly<Record<string, string>>;
  /** One that nobody but its enterprise may. */
  readonly privatePosition: string;
}

export function argumentsOf(field: RootField, given: Given): Record<string, unknown> {
  const wanted = field.args.filter((slot) => isRequiredArgument(slot) || touches(given, slot.name));
  return Object.fromEntries(wanted.map((slot) => [slot.name, valueOf(slot, { path: slot.name, of: field.name }, given)]));
}

function touches({ values }: Given, path: string): boolean {
  return Object.keys(values).some((name) => name === path || name.startsWith(`${path}.`));
}

interface Where {
  readonly path: string;
  /** The input type, or the root field, that has the slot. */
  readonly of: string;
}

function valueOf({ name, type }: Pick<Slot, 'name' | 'type'>, { path, of }: Where, given: Given): unknown {
  if (path in given.values) return isListType(getNullableType(type)) ? [given.values[path]] : given.values[path];
  const bare = isNonNullType(type) ? type.ofType : type;
  if (isListType(bare)) return [valueOf({ name, type: bare.ofType as GraphQLInputType }, { path, of }, given)];
  if (isEnumType(bare) && !alsoGiven[of]?.includes(name)) return bare.getValues()[0]?.name;
  if (!isInputObjectType(bare)) return sampleOf(name, getNamedType(bare).name, given, of);
  const wanted = Object.values(bare.getFields()).filter((slot) => isWanted(slot, `${path}.${slot.name}`, bare.name, given));
  return Object.fromEntries(wanted.map((slot) => [slot.name, valueOf(slot, { path: `${path}.${slot.name}`, of: bare.name }, given)]));
}

function isWanted(slot: GraphQLInputField, path: string, of: string, given: Given): boolean {
  return isRequiredInputField(slot) || touches(given, path) || alsoGiven[of]?.includes(slot.name) === true || (slot.name === 'onBehalfOf' && given.onBehalfOf !== undefined);
}

/** A document for one root field whose arguments come as variables. */
export function documentOf({ operation, field }: Pick<Place, 'operation' | 'field'>, names: readonly string[], selection: string): string {
  const declared = field.args.filter(({ name }) => names.includes(name));
  const variables = declared.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const passed = declared.map(({ name }) => `${name}: $${name}`).join(', ');
  return `${operation}${variables && ` (${variables})`} { ${field.name}${passed && `(${passed})`}${selection} }`;
}

/** One selection for an object; for an abstract type one for each of its types, since fields of one name may differ in type. */
export function selectionsOf(schema: GraphQLSchema, type: GraphQLNamedType, depth: number): string[] {
  if (isLeafType(type)) return [''];
  if (isAbstractType(type)) return schema.getPossibleTypes(type).map((possible) => ` { __typename ... on ${possible.name}${fitting(possible, depth)} }`);
  return [fitting(type as GraphQLObjectType, depth)];
}

/** As deep as the gateway's limit on tokens leaves room for: what is refused for its length looks at nothing. */
function fitting(type: GraphQLObjectType, depth: number): string {
  const text = fieldsOf(type, depth);
  return depth > 1 && (text.match(/\w+|[{}]/g) ?? []).length > 1_800 ? fitting(type, depth - 1) : text;
}

function fieldsOf(type: GraphQLObjectType, depth: number): string {
  const parts = Object.values(type.getFields()).flatMap((field) => {
    const inner = getNamedType(field.type);
    if (isLeafType(inner)) return [field.name];
    return depth > 1 ? [`${field.name}${fieldsOf(inner as GraphQLObjectType, depth - 1)}`] : [];
  });
  return parts.length === 0 ? ' { __typename }' : ` { ${parts.join(' ')} }`;
}
