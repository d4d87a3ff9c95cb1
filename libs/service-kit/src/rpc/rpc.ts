// The edge of a service: a class implements a generated gRPC service, each method names its input's schema and who may call it.
import 'reflect-metadata';
import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Role } from '@tandem/contracts';
import type { ZodType } from 'zod';
import type { Call } from '../write/call.js';

interface Method {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (value: never) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => unknown;
}
export type Definition = Readonly<Record<string, Method>>;
type Response<M extends Method> = ReturnType<M['responseDeserialize']>;

/** What a class that serves a definition implements: `(call, input)`, the input already checked against the method's schema. */
export type Serves<D> = { [K in keyof D]: D[K] extends Method ? (call: Call, input: never) => Promise<Response<D[K]>> : never };

export interface Edge {
  readonly schema: ZodType;
  /** Empty: any signed-in caller. */
  readonly roles: readonly (Role | 'service')[];
}

const edgeKey = Symbol('tandem:rpc');

/** `@Rpc(Resize, 'enterprise_hr', 'park_operator') resizePosition(call, input)`. */
export function Rpc(schema: ZodType, ...allowed: (Role | 'service')[]): MethodDecorator {
  return (target, property) => {
    const edges = (Reflect.getMetadata(edgeKey, target) ?? {}) as Record<string, Edge>;
    Reflect.defineMetadata(edgeKey, { ...edges, [property as string]: { schema, roles: allowed } }, target);
  };
}

export function edgeOf(type: { prototype: object }, method: string): Edge | undefined {
  return ((Reflect.getMetadata(edgeKey, type.prototype) ?? {}) as Record<string, Edge>)[method];
}

const definitionKey = Symbol('tandem:definition');

/** Serves every method of a generated definition; one without `@Rpc` is a defect at start, not at the first call. */
export function GrpcService(definition: Definition): ClassDecorator {
  return (target) => {
    const type = target as unknown as { prototype: Record<string, unknown>; name: string };
    for (const [name, { path }] of Object.entries(definition)) {
      const service = path.split('/')[1];
      const descriptor = Object.getOwnPropertyDescriptor(type.prototype, name);
      if (!descriptor || !service || !edgeOf(type, name)) throw new Error(`${type.name}.${name} is not an @Rpc method`);
      GrpcMethod(service.slice(service.lastIndexOf('.') + 1), name)(type.prototype, name, descriptor);
    }
    Reflect.defineMetadata(definitionKey, definition, target);
    Controller()(target);
  };
}

export function definitionOf(type: object): Definition | undefined {
  return Reflect.getMetadata(definitionKey, type) as Definition | undefined;
}
