// What reading an instance found out about its ids, so that nobody looks them up a second time: of 100,000 applicants that costs more than matching them.
import type { Instance, Priorities } from './instance.js';

export interface Numbers {
  /** Of all wishes, applicant by applicant. */
  readonly wishPosition: Int32Array;
  /** Of each list without ties. */
  readonly orders: ReadonlyMap<Priorities, Int32Array>;
}

const known = new WeakMap<Instance, Numbers>();

/** Belongs to this very object: a copy that changes something is another instance, whose ids are looked up. */
export function remember(instance: Instance, numbers: Numbers): void {
  known.set(instance, numbers);
}

export function numbersOf(instance: Instance): Numbers | undefined {
  return known.get(instance);
}

/** Which applicants a list has named so far: one array for all lists, never cleared. */
export class Marks {
  private readonly marks: Int32Array;
  private list = 0;

  constructor(size: number) {
    this.marks = new Int32Array(size);
  }

  begin(): void {
    this.list += 1;
  }

  has(n: number): boolean {
    return this.marks[n] === this.list;
  }

  add(n: number): void {
    this.marks[n] = this.list;
  }
}
