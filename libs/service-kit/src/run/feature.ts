// How a service is put together: features are Nest modules that also name their tables; nothing else lists them.
import 'reflect-metadata';
import { Module, type ModuleMetadata, type Type } from '@nestjs/common';
import type { AggregateName } from '@tandem/contracts';
import type { EntityClass, Migration } from '@tandem/persistence';
import type { Aggregate, AggregateRow } from '../write/aggregate.js';
import { knownClock } from '../consume/business-clock.js';
import { knownDelegations } from '../consume/delegations.js';
import type { Projection } from '../consume/projection.js';

/** What registration needs to see of an aggregate or a projection; the kit knows the rest by having made them. */
interface Registered {
  readonly table: { readonly name: string; readonly entity: EntityClass<unknown> };
}

export interface FeatureMetadata extends ModuleMetadata {
  readonly aggregates?: readonly Registered[];
  readonly projections?: readonly Registered[];
  /** Tables of the feature that are neither, for example a ledger. */
  readonly tables?: readonly EntityClass<unknown>[];
}

const key = Symbol('tandem:feature');

/** `@Feature({ aggregates: [positions], controllers: [PositionsGrpc], providers: [PositionsService, PositionsEvents] })`. */
export function Feature({ aggregates = [], projections = [], tables = [], ...module }: FeatureMetadata): ClassDecorator {
  return (target) => {
    Reflect.defineMetadata(key, { aggregates, projections, tables }, target);
    Module(module)(target);
  };
}

/** A service: its name, its module, its migrations. */
export interface ServiceDefinition {
  readonly name: string;
  readonly module: Type;
  readonly migrations: readonly Migration[];
}

export interface Parts {
  readonly aggregates: readonly Aggregate<AggregateName, AggregateRow>[];
  readonly projections: readonly Projection[];
  readonly tables: readonly EntityClass<unknown>[];
}

/** What the features under a module declare, and the projections that every service keeps. */
export function partsOf(module: Type): Parts {
  const declared = declaredParts(module);
  return {
    aggregates: declared.flatMap(({ aggregates }) => aggregates),
    projections: [...declared.flatMap(({ projections }) => projections), knownDelegations as unknown as Projection, knownClock as unknown as Projection],
    tables: declared.flatMap(({ tables }) => tables),
  };
}

function declaredParts(module: Type): Parts[] {
  const own = Reflect.getMetadata(key, module) as Parts | undefined;
  const imported = (Reflect.getMetadata('imports', module) ?? []) as Type[];
  return [...(own ? [own] : []), ...imported.flatMap(declaredParts)];
}

/** Every table of a service that is not machinery. */
export function entitiesOf({ aggregates, projections, tables }: Parts): EntityClass<unknown>[] {
  return [...aggregates.map(({ table }) => table.entity), ...projections.map(({ table }) => table.entity), ...tables] as EntityClass<unknown>[];
}
