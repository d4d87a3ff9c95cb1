// Ids of a large file as numbers, straight from its bytes: each is made into a text, and looked at, once however often it stands there.

const FNV_OFFSET = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;
const FIRST_SLOTS = 1_024;

/** A hash table with open addressing over one array of bytes. The number of an id is its place in `names`, in the order of first appearance. */
export class Interned {
  readonly names: string[] = [];
  private slots = new Int32Array(FIRST_SLOTS).fill(-1);
  private hashes = new Int32Array(FIRST_SLOTS);
  private ends = new Int32Array(FIRST_SLOTS);
  private bytes = new Uint8Array(FIRST_SLOTS);
  private last = 0;

  /** Of the id that stands in `source` from `from` to `to`. */
  numberOf(source: Uint8Array, from: number, to: number): number {
    // Files are mostly sorted by one of their ids.
    if (this.names.length > 0 && this.isAt(this.last, source, { from, to })) return this.last;
    let hash = FNV_OFFSET;
    for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ source[at]!, FNV_PRIME);
    hash ^= hash >>> 15;
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    let found = this.slots[slot]!;
    while (found >= 0 && !(this.hashes[found] === hash && this.isAt(found, source, { from, to }))) {
      slot = (slot + 1) & mask;
      found = this.slots[slot]!;
    }
    this.last = found >= 0 ? found : this.add(source, { from, to }, { hash, slot });
    return this.last;
  }

  private isAt(n: number, source: Uint8Array, { from, to }: Span): boolean {
    const start = n > 0 ? this.ends[n - 1]! : 0;
    const length = to - from;
    if (this.ends[n]! - start !== length) return false;
    // Ids of one kind mostly differ at their ends.
    for (let at = length - 1; at >= 0; at -= 1) if (this.bytes[start + at] !== source[from + at]) return false;
    return true;
  }

  private add(source: Uint8Array, { from, to }: Span, { hash, slot }: { hash: number; slot: number }): number {
    const n = this.names.length;
    const start = n > 0 ? this.ends[n - 1]! : 0;
    if (n === this.ends.length) [this.ends, this.hashes] = [doubled(this.ends), doubled(this.hashes)];
    while (start + to - from > this.bytes.length) this.bytes = twice(this.bytes);
    this.bytes.set(source.subarray(from, to), start);
    this.ends[n] = start + to - from;
    this.hashes[n] = hash;
    this.slots[slot] = n;
    this.names.push(Buffer.from(source.buffer, source.byteOffset + from, to - from).toString());
    if (2 * this.names.length > this.slots.length) this.spread();
    return n;
  }

  private spread(): void {
    this.slots = new Int32Array(4 * this.slots.length).fill(-1);
    const mask = this.slots.length - 1;
    for (let n = 0; n < this.names.length; n += 1) {
      let slot = this.hashes[n]! & mask;
      while (this.slots[slot]! >= 0) slot = (slot + 1) & mask;
      this.slots[slot] = n;
    }
  }
}

interface Span {
  readonly from: number;
  readonly to: number;
}

export function doubled(values: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const more = new Int32Array(2 * values.length);
  more.set(values);
  return more;
}

function twice(values: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const more = new Uint8Array(2 * values.length);
  more.set(values);
  return more;
}
