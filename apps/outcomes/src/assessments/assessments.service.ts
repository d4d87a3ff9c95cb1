import { Inject, Injectable } from '@nestjs/common';
import { conditions, page, TenantDatabase, type KeyRing, type PageOf, type PagePart, type Tx } from '@tandem/persistence';
import { Commands, KEY_RING, reach, stepOf, type Call, type Done, type Fresh, type Outcome, type TargetAt } from '@tandem/service-kit';
import { assessmentReplies, assessments, type AssessmentReplyRow, type AssessmentRow } from './assessment.entity.js';
import { refuse, settle, submitted, type AssessmentTerms, type InternshipOf, type Scores } from './assessment.js';

export interface AssessmentFilter {
  readonly view: 'own' | 'college' | 'enterprise';
  readonly internshipId: string | null;
  readonly state: string | null;
  readonly descending: boolean;
  readonly page: PagePart;
}
export interface Reply {
  readonly assessmentId: string;
  readonly reply: 'acknowledge' | 'object';
  readonly text: string | null;
}
export type Shown = Omit<AssessmentRow, 'evidence' | 'settledText'> & { readonly evidence: string; readonly settledText: string };

type Internships = ReadonlyMap<string, InternshipOf>;
type Assessed = ReadonlyMap<string, { readonly org: string; readonly internshipId: string }>;

const sides = { own: 'org = $', college: 'college_org = $', enterprise: 'enterprise_org = $' } as const;

@Injectable()
export class AssessmentsService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
    @Inject(KEY_RING) private readonly keys: KeyRing,
  ) {}

  submit(call: Call, many: readonly AssessmentTerms[], atomic: boolean): Promise<Outcome[]> {
    const make = (fresh: Fresh, terms: AssessmentTerms, known: Internships): AssessmentRow => ({
      ...fresh,
      ...submitted(terms, known.get(terms.internshipId), call.principal),
      evidence: this.keys.seal(fresh.org, terms.evidence),
      settledText: null,
    });
    return this.commands.createMany(call, assessments, 'submitted', many, make, { facts: (tx, items) => internshipsOf(tx, call, items.map(({ internshipId }) => internshipId)), atomic });
  }

  /** Two bulk commands, one a fact: all or nothing is only possible for one of them. Outcomes in input order. */
  async reply(call: Call, many: readonly Reply[], atomic: boolean): Promise<Outcome[]> {
    const parts = (['acknowledge', 'object'] as const).map((kind) => ({ kind, items: many.filter(({ reply }) => reply === kind) }));
    if (atomic && parts.every(({ items }) => items.length > 0)) throw refuse.mixed_atomic({ field: 'replies' });
    const answers = new Map<Reply, Outcome>();
    for (const { kind, items } of parts.filter(({ items: some }) => some.length > 0)) {
      const outcomes = await this.replyAs(stepOf(call, kind), kind === 'object' ? 'objected' : 'acknowledged', items, atomic);
      items.forEach((item, n) => answers.set(item, outcomes[n] as Outcome));
    }
    return many.map((item) => answers.get(item) as Outcome);
  }

  private replyAs(call: Call, fact: 'acknowledged' | 'objected', items: readonly Reply[], atomic: boolean): Promise<Outcome[]> {
    const make = (fresh: Fresh, { assessmentId, text }: Reply, known: Assessed): AssessmentReplyRow => {
      const assessment = known.get(assessmentId);
      if (!assessment) throw refuse.unknown_assessment({ field: 'assessmentId' });
      if (fact === 'objected' && text === null) throw refuse.text_missing({ field: 'text' });
      return { ...fresh, state: fact, assessmentId, assessorOrg: assessment.org, text: text === null ? null : this.keys.seal(fresh.org, text) };
    };
    return this.commands.createMany(call, assessmentReplies, fact, items, make, { facts: (tx) => assessedOf(tx, call, items.map(({ assessmentId }) => assessmentId)), atomic });
  }

  settle(call: Call, at: TargetAt, scores: Scores, text: string): Promise<Done> {
    const settledText = this.keys.seal(call.principal.org, text);
    const rule = (assessment: AssessmentRow, seen: ReadonlySet<string>): AssessmentRow => {
      if (!seen.has(assessment.id)) throw refuse.unknown_assessment({ field: 'id' });
      return { ...settle(assessment, scores), settledText };
    };
    return this.commands.change(call, assessments, 'settled', at, rule, { facts: (tx) => reachableOf(tx, call, at.id) });
  }

  async batch(call: Call, ids: readonly string[]): Promise<Shown[]> {
    const rows = await this.database.withTenant(call.principal, (tx) => tx.query('select * from assessments where id = any($1::uuid[])', [ids]));
    return this.reachable(call, rows.map((raw) => assessments.table.hydrate(raw)));
  }

  async list(call: Call, { view, internshipId, state, descending, page: request }: AssessmentFilter): Promise<PageOf<Shown>> {
    const where = [
      { sql: sides[view], value: call.principal.org },
      ...reach(call, 'i').map(({ sql, value }) => ({ sql: `internship_id in (select i.id from internships i where i.org = assessments.college_org and ${sql})`, value })),
      ...(internshipId ? [{ sql: 'internship_id = $', value: internshipId }] : []),
      ...(state ? [{ sql: 'state = $', value: state }] : []),
    ];
    const found = await this.database.withTenant(call.principal, (tx) => page(tx, assessments.table, { ...request, where, orderBy: 'internshipId', descending }));
    return { ...found, rows: found.rows.map((row) => this.show(row)) };
  }

  /** What is about internships that the caller sees. */
  private async reachable(call: Call, rows: readonly AssessmentRow[]): Promise<Shown[]> {
    const seen = await this.database.withTenant(call.principal, (tx) => internshipsOf(tx, call, rows.map(({ internshipId }) => internshipId)));
    return rows.filter(({ internshipId }) => seen.has(internshipId)).map((row) => this.show(row));
  }

  private show(row: AssessmentRow): Shown {
    return { ...row, evidence: this.keys.open(row.evidence), settledText: row.settledText === null ? '' : this.keys.open(row.settledText) };
  }
}

/** Those that the caller sees, the organisation being their college or enterprise. */
async function internshipsOf(tx: Tx, call: Call, ids: readonly string[]): Promise<Internships> {
  const { sql, values } = conditions([{ sql: 'i.id = any($::uuid[])', value: [...new Set(ids)] }, ...reach(call, 'i')]);
  const rows = await tx.query<InternshipOf & { id: string }>(`select i.id, i.org, i.enterprise_org "enterpriseOrg", i.student_id "studentId" from internships i where ${sql}`, values);
  return new Map(rows.map((row) => [row.id, row]));
}

async function reachableOf(tx: Tx, call: Call, id: string): Promise<ReadonlySet<string>> {
  const { sql, values } = conditions([{ sql: 'a.id = $', value: id }, ...reach(call, 'i')]);
  const rows = await tx.query<{ id: string }>(`select a.id from assessments a join internships i on i.id = a.internship_id where ${sql}`, values);
  return new Set(rows.map((row) => row.id));
}

/** Of the own students. */
async function assessedOf(tx: Tx, { principal: { org, role, account } }: Call, ids: readonly string[]): Promise<Assessed> {
  const rows = await tx.query<{ id: string; org: string; internshipId: string }>(
    `select a.id, a.org, a.internship_id "internshipId" from assessments a join internships i on i.id = a.internship_id
      where a.college_org = $1 and a.id = any($2::uuid[]) and ($3::uuid is null or i.student_id = $3)`,
    [org, [...new Set(ids)], role === 'student' ? account : null],
  );
  return new Map(rows.map((row) => [row.id, row]));
}
