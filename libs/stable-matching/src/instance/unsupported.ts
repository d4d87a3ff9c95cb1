// What a sender may mean and we do not do, refused by name: to read past it would match something else than was asked.
import { isRecord } from './fields.js';
import { Refused } from './instance.js';

const lowerQuotas = ['minimum', 'min', 'lower', 'lowerQuota', 'lower_quota', 'minCapacity'];
const couples = ['partner', 'couple', 'partnerId'];

/** With lower quotas or couples a stable matching need not exist, nor with caps that cross (a position or host below two others). */
export function refuseUnsupported(json: Record<string, unknown>, hosts: readonly unknown[]): void {
  if ('couples' in json) throw new Refused('unsupported.couples');
  for (const applicant of records(json['applicants'])) {
    const field = couples.find((name) => name in applicant);
    if (field) throw new Refused('unsupported.couples', { applicant: applicant['id'] });
  }
  for (const [kind, list] of [['position', json['positions']], ['host', hosts]] as const) for (const entry of records(list)) refuseEntry(kind, entry);
}

function refuseEntry(kind: 'position' | 'host', entry: Record<string, unknown>): void {
  const { id, host, hosts, parent, parents, reserves } = entry;
  const field = lowerQuotas.find((name) => name in entry);
  if (field) throw new Refused('unsupported.lower_quotas', { [kind]: id, field });
  for (const above of [host, hosts, parent, parents]) if (Array.isArray(above)) throw new Refused('hosts.caps_cross', { [kind]: id, hosts: above });
  if (kind === 'host' && Array.isArray(reserves) && reserves.length > 0) throw new Refused('reserves.on_host', { host: id });
}

function records(list: unknown): Record<string, unknown>[] {
  return Array.isArray(list) ? list.filter(isRecord) : [];
}
