// Rows of owner, rank and id from the bytes of a plain file: the two files of a folder that have a row for each wish and for each place in an order.
import { doubled, Interned } from './interned.js';

export interface RankedColumns {
  readonly owner: string;
  readonly id: string;
  /** A row without rank and id is an owner with an empty list. */
  readonly mayBeAlone?: boolean;
}

export interface RankedList {
  readonly owner: string;
  /** By rank; of equal ranks as they stand in the file. */
  readonly ids: readonly string[];
  /** Null where no rank stands twice, else the rank of each. */
  readonly ranks: Int32Array | null;
}

const [COMMA, LINE_END, RETURN, QUOTE, ZERO, NINE] = [0x2c, 0x0a, 0x0d, 0x22, 0x30, 0x39];
const MAX_DIGITS = 9;
const UNREADABLE = '\ufffd';

/**
 * Owners in the order of their first row. Null at the first thing out of the ordinary (a quote, a row too short or too long, a rank that is none,
 * bytes that are no UTF-8): whoever reads the file then names it.
 */
export function rankedLists(bytes: Uint8Array, columns: RankedColumns): RankedList[] | null {
  if (bytes.includes(QUOTE)) return null;
  const rows = new Rows(bytes, columns);
  return rows.read() ? rows.lists() : null;
}

class Rows {
  private readonly owners = new Interned();
  private readonly ids = new Interned();
  private owner = new Int32Array(1_024);
  private rank = new Int32Array(1_024);
  private id = new Int32Array(1_024);
  private count = 0;
  /** Cell n of the row at hand is from starts[n] to starts[n + 1] - 1. */
  private readonly starts: Int32Array;
  private readonly ownerAt: number;
  private readonly rankAt: number;
  private readonly idAt: number;
  private readonly mayBeAlone: boolean;
  private from: number;

  constructor(
    private readonly bytes: Uint8Array,
    { owner, id, mayBeAlone = false }: RankedColumns,
  ) {
    this.mayBeAlone = mayBeAlone;
    const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    const found = bytes.indexOf(LINE_END, start);
    const end = found < 0 ? bytes.length : found;
    const header = Buffer.from(bytes.subarray(start, end)).toString().split(',').map((name) => name.trim());
    this.starts = new Int32Array(header.length + 1);
    [this.ownerAt, this.rankAt, this.idAt] = [owner, 'rank', id].map((name) => header.indexOf(name)) as [number, number, number];
    this.from = end + 1;
  }

  read(): boolean {
    if (Math.min(this.ownerAt, this.rankAt, this.idAt) < 0) return false;
    while (this.from < this.bytes.length) if (!this.row()) return false;
    return ![...this.owners.names, ...this.ids.names].some((name) => name.includes(UNREADABLE));
  }

  private row(): boolean {
    const { bytes, starts } = this;
    let cells = 0;
    let at = this.from;
    starts[0] = at;
    for (; at < bytes.length && bytes[at] !== LINE_END; at += 1) {
      if (bytes[at] !== COMMA) continue;
      cells += 1;
      if (cells === starts.length) return false;
      starts[cells] = at + 1;
    }
    this.from = at + 1;
    const end = at > starts[0]! && bytes[at - 1] === RETURN ? at - 1 : at;
    if (cells === 0 && end === starts[0]) return true;
    if (cells !== starts.length - 2) return false;
    starts[cells + 1] = end + 1;
    return this.take();
  }

  private take(): boolean {
    const { bytes, starts, ownerAt, rankAt, idAt } = this;
    const owner = this.owners.numberOf(bytes, starts[ownerAt]!, starts[ownerAt + 1]! - 1);
    const isAlone = this.mayBeAlone && starts[rankAt + 1]! - 1 === starts[rankAt]! && starts[idAt + 1]! - 1 === starts[idAt]!;
    const rank = isAlone ? 0 : this.wholeNumber(starts[rankAt]!, starts[rankAt + 1]! - 1);
    if (rank < 0) return false;
    if (this.count === this.owner.length) [this.owner, this.rank, this.id] = [doubled(this.owner), doubled(this.rank), doubled(this.id)];
    this.owner[this.count] = owner;
    this.rank[this.count] = rank;
    this.id[this.count] = isAlone ? -1 : this.ids.numberOf(bytes, starts[idAt]!, starts[idAt + 1]! - 1);
    this.count += 1;
    return true;
  }

  /** -1 where it is none, or one that this way does not read. */
  private wholeNumber(from: number, to: number): number {
    if (to === from || to - from > MAX_DIGITS) return -1;
    let value = 0;
    for (let at = from; at < to; at += 1) {
      const digit = this.bytes[at]!;
      if (digit < ZERO || digit > NINE) return -1;
      value = 10 * value + digit - ZERO;
    }
    return value;
  }

  lists(): RankedList[] {
    const { owner, id, count } = this;
    const start = new Int32Array(this.owners.names.length + 1);
    for (let n = 0; n < count; n += 1) if (id[n]! >= 0) start[owner[n]! + 1]! += 1;
    for (let o = 0; o + 1 < start.length; o += 1) start[o + 1]! += start[o]!;
    const rows = new Int32Array(count);
    const next = start.slice();
    for (let n = 0; n < count; n += 1) {
      if (id[n]! < 0) continue;
      rows[next[owner[n]!]!] = n;
      next[owner[n]!]! += 1;
    }
    return this.owners.names.map((name, o) => this.list(name, rows.subarray(start[o], start[o + 1])));
  }

  private list(owner: string, rows: Int32Array): RankedList {
    const { rank, id } = this;
    const isBehind = (n: number): boolean => n > 0 && rank[rows[n]!]! < rank[rows[n - 1]!]!;
    if (rows.some((_, n) => isBehind(n))) rows.sort((x, y) => rank[x]! - rank[y]! || x - y);
    const ids: string[] = [];
    let hasTies = false;
    for (let n = 0; n < rows.length; n += 1) {
      ids.push(this.ids.names[id[rows[n]!]!]!);
      if (n > 0 && rank[rows[n]!] === rank[rows[n - 1]!]) hasTies = true;
    }
    return { owner, ids, ranks: hasTies ? Int32Array.from(rows, (n) => rank[n]!) : null };
  }
}
