// Global ids: the type's name and the aggregate's id. A malformed or foreign-typed id is an id of nothing.
import { isUuid } from '@tandem/contracts';

export const nodeTypes = ['Organisation', 'Membership', 'Delegation', 'Position', 'Review', 'Placement'] as const;
export type NodeType = (typeof nodeTypes)[number];

/** Well-formed, and the id of no aggregate. */
const NOTHING = '00000000-0000-7000-8000-000000000000';

export function globalId(type: NodeType, id: string): string {
  return Buffer.from(`${type}:${id}`).toString('base64url');
}

export function parseGlobalId(id: string): { type: NodeType; id: string } | null {
  if (id.length > 100) return null;
  const [type, inner] = Buffer.from(id, 'base64url').toString('utf8').split(':');
  const known = nodeTypes.find((name) => name === type);
  return known && isUuid(inner ?? '') ? { type: known, id: inner ?? '' } : null;
}

/** The aggregate's id where a value of this type is wanted. */
export function localId(type: NodeType, id: string): string {
  const parsed = parseGlobalId(id);
  return parsed?.type === type ? parsed.id : NOTHING;
}
