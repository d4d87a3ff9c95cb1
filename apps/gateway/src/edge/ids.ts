// Global ids: the type's name and the aggregate's id. A malformed or foreign-typed id is an id of nothing.
import { isUuid } from '@tandem/contracts';

export const nodeTypes = [
  'Organisation', 'Membership', 'Delegation', 'Position', 'Review', 'HeadcountStatement', 'Placement', 'Program', 'Cohort', 'Class', 'Student', 'Round', 'Entry', 'PreferenceList', 'Offer', 'Appeal', 'Internship', 'Assessment',
  'Destination', 'RetentionCheck',
] as const;
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

/** The aggregate's id where one may be left out: proto3 writes its absence as an empty string. */
export function optionalId(type: NodeType, id: string | null | undefined): string {
  return id ? localId(type, id) : '';
}

export interface At {
  readonly id: string;
  readonly version: number;
}

/** A command's target of this type. */
export function targetOf(type: NodeType): (at: At) => At {
  return ({ id, version }) => ({ id: localId(type, id), version });
}
