import { Injectable } from '@nestjs/common';
import { conditions, page, TenantDatabase, type PageOf, type PagePart } from '@tandem/persistence';
import { reach, type Call } from '@tandem/service-kit';
import { internships, type InternshipRow } from './internship.entity.js';

export interface InternshipFilter {
  readonly view: 'own' | 'party';
  readonly state: string | null;
  readonly studentId: string | null;
  readonly descending: boolean;
  readonly page: PagePart;
}

@Injectable()
export class InternshipsService {
  constructor(private readonly database: TenantDatabase) {}

  async batch(call: Call, ids: readonly string[]): Promise<InternshipRow[]> {
    const { sql, values } = conditions([{ sql: 'id = any($::uuid[])', value: ids }, ...reach(call, 'internships')]);
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query(`select * from internships where ${sql}`, values));
    return raws.map((raw) => internships.table.hydrate(raw));
  }

  list(call: Call, { view, state, studentId, descending, page: request }: InternshipFilter): Promise<PageOf<InternshipRow>> {
    const where = [
      { sql: view === 'own' ? 'org = $' : 'enterprise_org = $', value: call.principal.org },
      ...reach(call, 'internships'),
      ...(state ? [{ sql: 'state = $', value: state }] : []),
      ...(studentId ? [{ sql: 'student_id = $', value: studentId }] : []),
    ];
    return this.database.withTenant(call.principal, (tx) => page(tx, internships.table, { ...request, where, orderBy: 'startedOn', descending }));
  }
}
