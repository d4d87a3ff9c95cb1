// What an entity's decorators say of its table, for SQL that we write ourselves. TypeORM maps; it does not save (its version check loses updates).
import 'reflect-metadata';
import { DefaultNamingStrategy, getMetadataArgsStorage, type ValueTransformer } from 'typeorm';
import { snakeCase } from 'typeorm/util/StringUtils.js';
import { policyOf, type Policy } from './policy.js';

export type EntityClass<Row> = new () => Row;

interface MappedColumn {
  readonly property: string;
  readonly column: string;
  readonly transformer: ValueTransformer | undefined;
  readonly isJson: boolean;
}

class SnakeNaming extends DefaultNamingStrategy {
  override columnName(property: string, custom: string | undefined): string {
    return custom ?? snakeCase(property);
  }
}
const naming = new SnakeNaming();

export interface Table<Row> {
  readonly entity: EntityClass<Row>;
  readonly name: string;
  readonly columns: readonly MappedColumn[];
  readonly policy: Policy;
  /** Database row to entity-shaped plain object. */
  hydrate(raw: Record<string, unknown>): Row;
  /** Row as a JSON object that `jsonb_populate_record` reads back into the table's own type. */
  toJson(row: Row): Record<string, unknown>;
  /** The columns other than `org` and `id`, and a row's values for them as parameters of a statement. */
  readonly columnsBesideKey: readonly string[];
  valuesBesideKey(row: Row): unknown[];
  columnOf(property: keyof Row & string): string;
}

const tables = new WeakMap<object, Table<unknown>>();

export function tableOf<Row>(entity: EntityClass<Row>): Table<Row> {
  const known = tables.get(entity) as Table<Row> | undefined;
  if (known) return known;
  const made = describe(entity);
  tables.set(entity, made as Table<unknown>);
  return made;
}

function describe<Row>(entity: EntityClass<Row>): Table<Row> {
  const columns = mappedColumns(entity);
  const byProperty = new Map(columns.map((column) => [column.property, column.column]));
  // All properties at once: grown one by one, an object of so many becomes a hash table, slow wherever it is read afterwards.
  const blank = JSON.parse(JSON.stringify(Object.fromEntries(columns.map(({ property }) => [property, null])))) as Record<string, unknown>;
  const besideKey = columns.filter(({ column }) => column !== 'org' && column !== 'id');
  return {
    entity,
    name: tableName(entity),
    columns,
    policy: policyOf(entity),
    hydrate: (raw) => {
      const row = { ...blank };
      for (const { property, column, transformer } of columns) {
        const value = raw[column];
        row[property] = transformer ? transformer.from(value) : value;
      }
      return row as Row;
    },
    toJson: (row) => {
      const json: Record<string, unknown> = {};
      for (const { property, column, transformer } of columns) {
        const value = (row as Record<string, unknown>)[property];
        json[column] = jsonValue(transformer ? transformer.to(value) : value);
      }
      return json;
    },
    columnsBesideKey: besideKey.map(({ column }) => column),
    valuesBesideKey: (row) =>
      besideKey.map(({ property, transformer, isJson }) => {
        const value = (row as Record<string, unknown>)[property];
        const stored: unknown = transformer ? transformer.to(value) : value;
        return isJson && stored !== null && stored !== undefined ? JSON.stringify(stored) : stored;
      }),
    columnOf: (property) => {
      const column = byProperty.get(property);
      if (!column) throw new Error(`${entity.name} has no column for ${property}`);
      return column;
    },
  };
}

function jsonValue(value: unknown): unknown {
  return Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : value;
}

function mappedColumns(entity: EntityClass<unknown>): MappedColumn[] {
  const columns = getMetadataArgsStorage().filterColumns(chainOf(entity));
  return columns.map(({ propertyName, options }) => ({
    property: propertyName,
    column: naming.columnName(propertyName, options.name),
    transformer: Array.isArray(options.transformer) ? options.transformer[0] : options.transformer,
    isJson: options.type === 'json' || options.type === 'jsonb',
  }));
}

function tableName(entity: EntityClass<unknown>): string {
  const name = getMetadataArgsStorage().tables.find((table) => table.target === entity)?.name;
  if (!name) throw new Error(`${entity.name} has no @Entity with a table name`);
  return name;
}

/** The class and those it extends, the base first, so that common columns come first. */
function chainOf(entity: EntityClass<unknown>): EntityClass<unknown>[] {
  const parent = Object.getPrototypeOf(entity) as EntityClass<unknown>;
  return parent.prototype === undefined ? [entity] : [...chainOf(parent), entity];
}
