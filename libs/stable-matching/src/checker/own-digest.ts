// The digest once more, straight from its definition: bytes sorted as bytes.
import { createHash } from 'node:crypto';

export function digestByBuffers(pairs: Iterable<readonly [string, string | null]>): string {
  const lines = Array.from(pairs, ([applicant, position]) => ({ id: Buffer.from(applicant), line: Buffer.from(`${applicant}\t${position ?? ''}\n`) }));
  lines.sort((a, b) => Buffer.compare(a.id, b.id));
  return `sha256:${createHash('sha256').update(Buffer.concat(lines.map(({ line }) => line))).digest('hex')}`;
}
