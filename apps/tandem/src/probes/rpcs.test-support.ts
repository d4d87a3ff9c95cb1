// The services' contracts as a source of probes: every rpc, its request's fields at any depth, and a message for each.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { services } from '@tandem/contracts';
import { sampleOf } from './samples.test-support.js';

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
    const isId = type === 'string' && (/(^i|I)ds?$/.test(name) || name.endsWith('Org') || name === 'account');
    return isId ? [{ path: `${prefix}${name}`, key: `${message.slice(message.lastIndexOf('.') + 1)}.${name}` }] : [];
  });
}

interface Given {
  readonly path: string | null;
  readonly id: string;
  readonly role: string;
  readonly version: number;
  readonly openPosition: string;
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

const required = new Set(['view', 'list']);

function scalarOf(message: string, { name, type }: Field, given: Given, prefix: string): unknown {
  if (`${prefix}${name}` === given.path) return given.id;
  if (name === 'positionId') return Buffer.from(given.openPosition, 'base64url').toString('utf8').split(':')[1];
  if (/(^i|I)ds?$/.test(name) || name.endsWith('Org')) return message === 'ReplayRequest' || message.startsWith('List') ? '' : crypto.randomUUID();
  const optional = type === 'string' && ((message.startsWith('List') && !required.has(name)) || name === 'after' || message === 'DecideReviewRequest' && name !== 'decision' || name === 'toOn' || name === 'untilOn' || name === 'parent' || message === 'Page');
  if (optional) return '';
  if (message === 'RegisterOrganisationRequest' && name === 'kind') return 'park';
  return sampleOf(name, typeNames[type] ?? 'String', given);
}

const typeNames: Readonly<Record<string, string>> = { int32: 'Int', bool: 'Boolean' };
