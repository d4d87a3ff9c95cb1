// What runs beside our kernel: C at -O2 when a compiler is there, else another plain implementation on typed arrays; and PyPI's `matching` where Python has it.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OneLevel } from '@tandem/stable-matching';

export interface Timed {
  /** Milliseconds of each run. */
  readonly times: readonly number[];
  readonly positions: Int32Array;
}

export interface Baseline {
  readonly name: string;
  run(instance: OneLevel, runs: number): Timed;
  close(): void;
}

export function baseline(): Baseline {
  const compiler = ['gcc', 'cc'].find((name) => spawnSync(name, ['--version']).status === 0);
  return compiler ? compiled(compiler) : { name: 'plain typed arrays', run: plain, close: () => undefined };
}

function compiled(compiler: string): Baseline {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-matching-'));
  const [program, input, output] = ['deferred-acceptance', 'in', 'out'].map((name) => join(folder, name)) as [string, string, string];
  execFileSync(compiler, ['-O2', '-o', program, join(import.meta.dirname, 'deferred-acceptance.c')]);
  return {
    name: 'C -O2',
    run(instance, runs) {
      writeFileSync(input, bytesOf(instance));
      const times = execFileSync(program, [input, output, String(runs)], { encoding: 'utf8' }).trim().split('\n');
      return { times: times.map((nanoseconds) => Number(nanoseconds) / 1e6), positions: int32(readFileSync(output)) };
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function bytesOf({ wishStart, wishPosition, wishRank, capacity }: OneLevel): Buffer {
  const parts = [Int32Array.of(wishStart.length - 1, capacity.length, wishPosition.length), wishStart, wishPosition, wishRank, capacity];
  return Buffer.concat(parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength)));
}

export function int32(bytes: Buffer): Int32Array {
  return new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** Rounds of proposals; each position keeps its best in a sorted row. Nothing in common with the kernel but the question. */
export function plain(instance: OneLevel, runs: number): Timed {
  const times: number[] = [];
  let positions = new Int32Array(0);
  for (let run = 0; run < runs; run += 1) {
    const started = performance.now();
    positions = inRounds(instance);
    times.push(performance.now() - started);
  }
  return { times, positions };
}

function inRounds({ wishStart, wishPosition, wishRank, capacity }: OneLevel): Int32Array<ArrayBuffer> {
  const rows: number[][] = Array.from(capacity, () => []);
  const next = wishStart.slice(0, -1);
  const owner = new Int32Array(wishPosition.length);
  let asking = Array.from(next.keys());
  for (const a of asking) owner.fill(a, wishStart[a], wishStart[a + 1]);
  while (asking.length > 0) {
    const rejected: number[] = [];
    for (const a of asking) {
      const w = next[a]!;
      if (w >= wishStart[a + 1]!) continue;
      next[a] = w + 1;
      const row = rows[wishPosition[w]!]!;
      let at = row.length;
      while (at > 0 && wishRank[row[at - 1]!]! > wishRank[w]!) at -= 1;
      row.splice(at, 0, w);
      if (row.length > capacity[wishPosition[w]!]!) rejected.push(owner[row.pop()!]!);
    }
    asking = rejected;
  }
  const held = new Int32Array(next.length).fill(-1);
  for (const [p, row] of rows.entries()) for (const w of row) held[owner[w]!] = p;
  return held;
}

// Its copies go as deep as players know each other: Python's own limits end an instance of 1,000.
const script = `
import json, sys, threading, time
from matching.games import HospitalResident
def run():
    data = json.load(sys.stdin)
    started = time.perf_counter()
    game = HospitalResident.create_from_dictionaries(data["residents"], data["hospitals"], data["capacities"])
    built = time.perf_counter()
    solved = game.solve(optimal="resident")
    ended = time.perf_counter()
    print(json.dumps({"build": (built - started) * 1000, "solve": (ended - built) * 1000, "placed": {str(r): str(h) for h, rs in solved.items() for r in rs}}))
sys.setrecursionlimit(10_000_000)
threading.stack_size(1 << 30)
thread = threading.Thread(target=run)
thread.start()
thread.join()
`;

export interface PeerRun {
  readonly build: number;
  readonly solve: number;
  readonly placed: Readonly<Record<string, string>>;
}

/** Null where Python does not have `matching`; TANDEM_PYTHON names another Python. */
export function peer(instance: { residents: object; hospitals: object; capacities: object }): PeerRun | null {
  const python = process.env['TANDEM_PYTHON'] ?? 'python3';
  if (spawnSync(python, ['-c', 'import matching']).status !== 0) return null;
  const { status, stdout, stderr } = spawnSync(python, ['-c', script], { input: JSON.stringify(instance), encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as PeerRun;
}
