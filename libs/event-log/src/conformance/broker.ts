// Brokers of a test's own, to be killed: deploy/kafka-local.mjs in a folder and on ports of its own.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface Brokers {
  readonly addresses: string;
  /** kill -9. */
  kill(node: number): Promise<void>;
  /** Again, on its data; resolves when it serves. */
  start(node: number): Promise<void>;
  /** SIGSTOP and SIGCONT: it is there and does not answer. */
  freeze(node: number): void;
  thaw(node: number): void;
  /** Removes what a stopped node holds of a topic. */
  lose(node: number, topic: string): void;
  stop(): Promise<void>;
}

const script = fileURLToPath(new URL('../../../../deploy/kafka-local.mjs', import.meta.url));

export async function startBrokers(nodes: 1 | 3): Promise<Brokers> {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-brokers-'));
  const env = { ...process.env, KAFKA_LOCAL_DIR: folder, KAFKA_LOCAL_PORT: '0' };
  const run = async (...args: string[]): Promise<string> => (await promisify(execFile)(process.execPath, [script, ...args], { env })).stdout.trim();
  const signal = (node: number, name: NodeJS.Signals): void => void process.kill(Number(readFileSync(join(folder, String(node), 'pid'), 'utf8')), name);
  const stop = async (): Promise<void> => void (await run('down', '--wipe'));
  try {
    return {
      addresses: await run('up', '--nodes', String(nodes)),
      kill: async (node) => void (await run('kill', String(node))),
      start: async (node) => void (await run('start', String(node))),
      freeze: (node) => signal(node, 'SIGSTOP'),
      thaw: (node) => signal(node, 'SIGCONT'),
      lose: (node, topic) => {
        const data = join(folder, String(node), 'data');
        for (const name of readdirSync(data)) if (name.startsWith(`${topic}-`)) rmSync(join(data, name), { recursive: true });
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
