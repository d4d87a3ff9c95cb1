// The services' contracts as a source of probes: every rpc, its request's fields at any depth, and a message for each.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { services } from '@tandem/contracts';
import { sampleOf } from './samples.test-support.js';
import { inner } from './values.test-support.js';

const proto = join(import.meta.dirname, '../../../../proto');

interface Field {
  readonly name: string;
  readonly type: string;
  readonly repeated: boolean;
}

export interface Rpc {
  readonly service: keyof typeof services;
  readonly method: string;
  /** Full name of the request's message. */
  readonly request: string;
}

export interface Contracts {
  readonly messages: ReadonlyMap<string, readonly Field[]>;
  readonly rpcs: readonly Rpc[];
}

/** Reads proto/ for the names that generated code does not tell; every rpc of the generated services is found there, or this throws. */
export function contracts(): Contracts {
  const files = readdirSync(proto, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.proto'));
  const texts = files.map((name) => readFileSync(join(proto, name), 'utf8').replace(/\/\/.*$/gm, ''));
  const messages = new Map(texts.flatMap(messagesOf));
  const requests = new Map(texts.flatMap(requestsOf));
  const rpcs = Object.entries(services).flatMap(([service, definition]) =>
    Object.entries(definition as Record<string, { readonly path: string }>).map(([method, { path }]) => {
      const request = requests.get(path);
      if (!request || !messages.has(request)) throw new Error(`${path} is not in proto/`);
      return { service: service as keyof typeof services, method, request };
    }),
  );
  return { messages, rpcs };
}

function packageOf(text: string): string {
  return /^package ([\w.]+);/m.exec(text)?.[1] ?? '';
}

function messagesOf(text: string): [string, Field[]][] {
  return [...text.matchAll(/message (\w+) \{([^{}]*)\}/g)].map(([, name, body = '']) => [
    `${packageOf(text)}.${name}`,
    [...body.matchAll(/(repeated )?([\w.]+) (\w+) = \d+/g)].map(([, repeated, type = '', field = '']) => ({ name: camel(field), type: /^[a-z0-9]+$/.test(type) || type.includes('.') ? type : `${packageOf(text)}.${type}`, repeated: repeated !== undefined })),
  ]);
}

function requestsOf(text: string): [string, string][] {
  return [...text.matchAll(/service (\w+) \{([^{}]*)\}/g)].flatMap(([, service, body = '']) =>
    [...body.matchAll(/rpc (\w+)\(([\w.]+)\)/g)].map(([, method, request = '']): [string, string] => [`/${packageOf(text)}.${service}/${method}`, request.includes('.') ? request : `${packageOf(text)}.${request}`]),
  );
}

function camel(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

export interface IdField {
  /** Dotted path in the request; lists are passed through. */
  readonly path: string;
  /** Message and field. */
  readonly key: string;
}

export function idFields({ messages }: Contracts, message: string, prefix = ''): IdField[] {
  return (messages.get(message) ?? []).flatMap(({ name, type }) => {
    if (messages.has(type)) return idFields({ messages, rpcs: [] }, type, `${prefix}${name}.`);
    return type === 'string' && isIdName(name) ? [{ path: `${prefix}${name}`, key: `${message.slice(message.lastIndexOf('.') + 1)}.${name}` }] : [];
  });
}

interface Given {
  readonly path: string | null;
  readonly id: string;
  readonly role: string;
  readonly version: number;
  readonly open: Readonly<Record<string, string>>;
}

/** A whole message: proto3 has no absent strings. */
export function messageOf(contract: Contracts, message: string, given: Given, prefix = ''): Record<string, unknown> {
  const short = message.slice(message.lastIndexOf('.') + 1);
  return Object.fromEntries(
    (contract.messages.get(message) ?? []).map((field) => {
      const value = contract.messages.has(field.type) ? messageOf(contract, field.type, given, `${prefix}${field.name}.`) : scalarOf(short, field, given, prefix);
      return [field.name, field.repeated ? [value] : value];
    }),
  );
}

function scalarOf(message: string, field: Field, given: Given, prefix: string): unknown {
  const { name, type } = field;
  if (`${prefix}${name}` === given.path) return given.id;
  if (type === 'string' && mayBeEmpty(message, name)) return '';
  if (isIdName(name)) return openId(message, name, given) ?? crypto.randomUUID();
  return sampleOf(name, typeNames[type] ?? 'String', given, message);
}

/** What anybody may name, and the caller's own student where a job is told of. */
function openId(message: string, name: string, { open }: Given): string | null {
  if (name === 'studentId' && message !== 'DestinationTerms') return null;
  const found = open[name.replace(/Ids?$/, '')];
  return found === undefined ? null : inner(found);
}

const isIdName = (name: string): boolean => /(^i|I)ds?$/.test(name) || name.endsWith('Org') || /account$/i.test(name) || name === 'colleges';
const sides = new Set(['view', 'list']);
const emptyAnywhere = new Set(['after', 'untilOn', 'parent', 'endedOn', 'idNumber']);
const emptyIn: Readonly<Record<string, ReadonlySet<string>>> = {
  DecideReviewRequest: new Set(['field', 'reason', 'text']),
  ReplayRequest: new Set(['eventId']),
  GetFiguresRequest: new Set(['region', 'occupation', 'period']),
  StudentTerms: new Set(['programId', 'cohortId', 'classId']),
  DestinationTerms: new Set(['employerOrg']),
  OfferAnswer: new Set(['reason']),
  RetentionRecord: new Set(['reason']),
  StateHeadcountRequest: new Set(['occupation']),
};

function mayBeEmpty(message: string, name: string): boolean {
  if (emptyAnywhere.has(name) || (name === 'toOn' && message !== 'Window')) return true;
  return emptyIn[message]?.has(name) === true || (message.startsWith('List') && message.endsWith('Request') && !sides.has(name));
}

const typeNames: Readonly<Record<string, string>> = { int32: 'Int', bool: 'Boolean' };
