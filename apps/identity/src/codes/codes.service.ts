import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { page, TenantDatabase, type PageOf, type PagePart } from '@tandem/persistence';
import { Commands, stepOf, type Call } from '@tandem/service-kit';
import { v5 as uuidv5 } from 'uuid';
import { assertDistinct, differs, type CodeList, type Entry } from './code.js';
import { codes, type CodeRow } from './code.entity.js';

const NAMESPACE = '6f4a2c1e-1d3b-5c7d-9e8f-0a1b2c3d4e5f';

/** The same code of the same list is the same aggregate, in every deployment. */
function codeId(list: CodeList, code: string): string {
  return uuidv5(`${list} ${code}`, NAMESPACE);
}

export interface CodeFilter {
  readonly list: CodeList;
  readonly parent: string | null;
  readonly search: string | null;
  readonly page: PagePart;
}

export interface Imported {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
}

@Injectable()
export class CodesService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
  ) {}

  /** Adds what is new and changes what differs; the same file again changes nothing. */
  async import(call: Call, list: CodeList, fromOn: string, entries: readonly Entry[]): Promise<Imported> {
    assertDistinct(entries);
    const known = await this.known(call, list, entries);
    const fresh = entries.filter(({ code }) => !known.has(code));
    const different = entries.flatMap((entry) => {
      const row = known.get(entry.code);
      return row && differs(row, entry) ? [{ id: row.id, version: row.version, entry }] : [];
    });
    if (fresh.length > 0) {
      const make = { idOf: (entry: Entry) => codeId(list, entry.code), atomic: true };
      await this.commands.createMany(stepOf(call, 'added'), codes, 'added', fresh, (row, entry) => ({ ...row, ...entry, list, state: 'active' as const, fromOn, toOn: null }), make);
    }
    if (different.length > 0) {
      await this.commands.changeMany(stepOf(call, `changed:${versionsOf(different)}`), codes, 'changed', different, (row, { entry }) => ({ ...row, ...entry, state: 'active' as const, toOn: null }), { atomic: true });
    }
    return { added: fresh.length, changed: different.length, unchanged: entries.length - fresh.length - different.length };
  }

  list(call: Call, { list, parent, search, page: request }: CodeFilter): Promise<PageOf<CodeRow>> {
    const where = [
      { sql: 'list = $', value: list },
      ...(parent ? [{ sql: 'parent = $', value: parent }] : []),
      ...(search ? [{ sql: 'position($ in name) > 0', value: search }] : []),
    ];
    return this.database.withTenant(call.principal, (tx) => page(tx, codes.table, { ...request, where, orderBy: 'code', descending: false }));
  }

  private async known(call: Call, list: CodeList, entries: readonly Entry[]): Promise<Map<string, CodeRow>> {
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query('select * from codes where list = $1 and code = any($2::text[])', [list, entries.map(({ code }) => code)]));
    return new Map(raws.map((raw) => codes.table.hydrate(raw)).map((row) => [row.code, row]));
  }
}

/** Which versions a change starts from: the same file again after another one is another change. */
function versionsOf(rows: readonly { readonly version: number }[]): string {
  return createHash('sha256').update(rows.map(({ version }) => version).join()).digest('hex').slice(0, 16);
}
