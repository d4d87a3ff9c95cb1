// The worst pair below each node: for every host a tournament among what lies directly under it, so that a change climbs only as far as it changes a worst.

const EMPTY = -1;

export class Tops {
  private readonly top: Float64Array;
  /** Place among the children of its parent. */
  private readonly place: Int32Array;
  /** A host's tournament: inner nodes 1 to width - 1, its children from width on; from rounds[start[node]] on. */
  private readonly start: Int32Array;
  private readonly width: Int32Array;
  private readonly rounds: Float64Array;
  private readonly childStart: Int32Array;
  private readonly children: Int32Array;

  constructor(private readonly parent: Int32Array) {
    const nodes = parent.length;
    const number = new Int32Array(nodes);
    this.place = new Int32Array(nodes);
    for (let node = 0; node < nodes; node += 1) {
      if (parent[node]! < 0) continue;
      this.place[node] = number[parent[node]!]!;
      number[parent[node]!]! += 1;
    }
    this.start = new Int32Array(nodes + 1);
    this.width = new Int32Array(nodes);
    this.childStart = new Int32Array(nodes + 1);
    for (let node = 0; node < nodes; node += 1) {
      let width = number[node]! > 0 ? 1 : 0;
      while (width < number[node]!) width *= 2;
      this.width[node] = width;
      this.start[node + 1] = this.start[node]! + 2 * width;
      this.childStart[node + 1] = this.childStart[node]! + number[node]!;
    }
    this.children = new Int32Array(this.childStart[nodes]!);
    for (let node = 0; node < nodes; node += 1) if (parent[node]! >= 0) this.children[this.childStart[parent[node]!]! + this.place[node]!] = node;
    this.rounds = new Float64Array(this.start[nodes]!).fill(EMPTY);
    this.top = new Float64Array(nodes).fill(EMPTY);
  }

  of(node: number): number {
    return this.top[node]!;
  }

  set(position: number, key: number): void {
    let [node, worst] = [position, key];
    while (this.top[node] !== worst) {
      this.top[node] = worst;
      const parent = this.parent[node]!;
      if (parent < 0) return;
      worst = this.play(parent, this.place[node]!, worst);
      node = parent;
    }
  }

  /** The position where a node's worst sits. */
  positionOf(node: number, key: number): number {
    let at = node;
    while (this.width[at]! > 0) {
      const [base, width] = [this.start[at]!, this.width[at]!];
      let n = 1;
      while (n < width) n = this.rounds[base + 2 * n] === key ? 2 * n : 2 * n + 1;
      at = this.children[this.childStart[at]! + n - width]!;
    }
    return at;
  }

  private play(host: number, place: number, key: number): number {
    const base = this.start[host]!;
    let n = this.width[host]! + place;
    this.rounds[base + n] = key;
    while (n > 1) {
      const pair = n & ~1;
      const worst = Math.max(this.rounds[base + pair]!, this.rounds[base + pair + 1]!);
      n >>= 1;
      if (this.rounds[base + n] === worst) return this.rounds[base + 1]!;
      this.rounds[base + n] = worst;
    }
    return this.rounds[base + n]!;
  }
}
