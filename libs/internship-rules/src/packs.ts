// Dated rules on internships as data: the national pack, then what provinces add. A change of the law is a row here, with its own first day; the old row stays, because placements of its time are judged by it.

export type Rounding = 'down' | 'up';

/** So many of a hundred of the staff. */
export interface Share {
  readonly percent: number;
  readonly rounding: Rounding;
}

export interface RulePack {
  readonly id: string;
  /** A GB/T 2260 code and all within it; null is the whole country. */
  readonly region: string | null;
  /** Its first day. */
  readonly fromOn: string;
  readonly source: string;
  /** Made up for the sample region, and no law anywhere. */
  readonly isInvented: boolean;
  /** Numbers that nobody has compared with the official text yet: to be done before a release. */
  readonly unchecked: readonly ('percent' | 'rounding' | 'fromOn')[];
  /** Interns of all colleges at once, of the staff in the same kind of post and of all on-post staff. What is absent is as a wider or earlier pack says. */
  readonly headcount: { readonly post?: Share; readonly enterprise?: Share };
}

export const rulePacks: readonly RulePack[] = [
  {
    id: 'cn-2021',
    region: null,
    // The day it was issued; whether it applied from that day on is one of the numbers to check.
    fromOn: '2021-12-31',
    source: '职业学校学生实习管理规定，教职成〔2021〕4号，2021-12-31',
    isInvented: false,
    // 10 and 20 were read in article 9 of the rules of 2016; the wording of 2021 is believed to keep them. "At most" is read as: a fraction of a person is none.
    unchecked: ['percent', 'rounding', 'fromOn'],
    headcount: { post: { percent: 20, rounding: 'down' }, enterprise: { percent: 10, rounding: 'down' } },
  },
  {
    id: 'sample-2024',
    region: '990000',
    fromOn: '2024-01-01',
    source: '样例省实习管理细则（虚构）',
    isInvented: true,
    unchecked: [],
    headcount: { post: { percent: 15, rounding: 'down' } },
  },
];
