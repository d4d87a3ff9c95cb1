// An instance as somebody sent it, cleaned: each item that cannot be used is reported and left out, or with `strict` the whole is refused.
import { Fields, isRecord } from './fields.js';
import { Refused, type Applicant, type Host, type Instance, type Position, type Priorities } from './instance.js';
import { Marks, remember } from './numbers.js';
import { orderIn, readGroups, readReserves, readShares, type Context } from './read-orders.js';
import { sentList, Wishes } from './read-wishes.js';
import { refuseUnsupported } from './unsupported.js';
import { shown, type Problem } from './problems.js';

export interface ReadOptions {
  /** Refuse (`instance.dirty`, with the problems) instead of leaving out. */
  readonly strict?: boolean;
}

export interface ReadInstance {
  readonly instance: Instance;
  readonly problems: readonly Problem[];
}

/**
 * What JSON.parse gave, as an instance of which `solve` refuses nothing for dirt. A wish for a position that does not accept the applicant is left out like
 * any other that cannot come true. Refused, strict or not: what is no instance at all, couples, lower quotas, caps that cross, a position with two hosts.
 */
export function readInstance(json: unknown, { strict = false }: ReadOptions = {}): ReadInstance {
  if (!isRecord(json) || !Array.isArray(json['applicants']) || !Array.isArray(json['positions'])) throw new Refused('instance.unreadable', { expected: 'applicants and positions' });
  const hosts = json['hosts'] ?? [];
  if (!Array.isArray(hosts)) throw new Refused('instance.unreadable', { expected: 'hosts as a list' });
  refuseUnsupported(json, hosts as unknown[]);
  const read = new Reader();
  const instance = read.all({ applicants: json['applicants'], positions: json['positions'], hosts: hosts as unknown[], seed: json['seed'] });
  read.fields.unknown(json, ['applicants', 'positions', 'hosts', 'seed'], {});
  if (strict && read.problems.length > 0) throw new Refused('instance.dirty', { problems: read.problems });
  return { instance, problems: read.problems };
}

interface Raw {
  readonly applicants: readonly unknown[];
  readonly positions: readonly unknown[];
  readonly hosts: readonly unknown[];
  readonly seed: unknown;
}

class Reader {
  readonly problems: Problem[] = [];
  readonly fields = new Fields(this.problems);

  all({ applicants, positions, hosts, seed }: Raw): Instance {
    const people = this.entries(applicants, 'applicant');
    const ids = [...people.keys()];
    const context: Context = { people: new Map(ids.map((id, a) => [id, a])), marks: new Marks(ids.length), problems: this.problems, accepted: new Map(), orders: new Map() };
    const hostsRead = this.hosts(this.entries(hosts, 'host'), context);
    const positionsRead = this.positions(this.entries(positions, 'position'), { ...context, hosts: hostsRead });
    const named = new Set(positions.filter(isRecord).map(({ id }) => id));
    const sent = Array.from(people.values(), ({ preferences }) => (Array.isArray(preferences) ? (preferences as unknown[]) : []));
    const wishes = new Wishes(sent, { applicants: ids, positions: positionsRead, named, accepted: (position) => acceptedBy(position, hostsRead, context) });
    const read: Instance = {
      applicants: Array.from(people.values(), (raw, a) => this.applicant(raw, { applicant: ids[a]!, a, wishes })),
      positions: positionsRead,
      ...(hostsRead.size > 0 && { hosts: [...hostsRead.values()] }),
      ...(typeof seed === 'string' && { seed }),
    };
    remember(read, { wishPosition: wishes.numbers(), orders: context.orders });
    if (seed !== undefined && typeof seed !== 'string') this.problems.push({ code: 'malformed', field: 'seed', value: shown(seed) });
    if (read.seed === undefined && hasTies(read)) this.problems.push({ code: 'no_seed' });
    return read;
  }

  /** By id; the first of a kind counts. */
  private entries(list: readonly unknown[], kind: 'applicant' | 'position' | 'host'): Map<string, Record<string, unknown>> {
    const byId = new Map<string, Record<string, unknown>>();
    for (const raw of list) {
      if (!isRecord(raw)) {
        this.problems.push({ code: 'malformed', field: `${kind}s`, value: shown(raw) });
        continue;
      }
      const id = this.fields.id(raw['id'], kind);
      if (id === null) continue;
      const first = byId.get(id);
      if (!first) byId.set(id, raw);
      else if (kind === 'position' && first['host'] !== raw['host']) throw new Refused('hosts.two_hosts', { position: id, hosts: [first['host'], raw['host']] });
      else this.problems.push({ code: `repeated_${kind}`, [kind]: id });
    }
    return byId;
  }

  private hosts(raws: ReadonlyMap<string, Record<string, unknown>>, context: Context): Map<string, Host> {
    const read = new Map<string, Host>();
    for (const [host, raw] of raws) {
      const capacity = this.fields.capacity(raw['capacity'], { host });
      this.fields.unknown(raw, ['id', 'capacity', 'parent', 'priorities', 'shares'], { host });
      if (capacity === null) continue;
      const shares = readShares(raw['shares'], { host }, this.problems);
      const parent = raw['parent'] === null ? undefined : raw['parent'];
      read.set(host, { id: host, capacity, ...(parent !== undefined && { parent: typeof parent === 'string' ? parent : shown(parent) }), ...orderIn(raw, { host }, context), ...(shares.length > 0 && { shares }) });
    }
    this.dropBelow(read, new Set(raws.keys()));
    return read;
  }

  /** A host whose parent is not there hangs in the air, and so does all below it. */
  private dropBelow(read: Map<string, Host>, named: ReadonlySet<string>): void {
    for (let before = -1; before !== read.size; ) {
      before = read.size;
      for (const [host, { parent }] of read) {
        if (parent === undefined || read.has(parent)) continue;
        this.problems.push(named.has(parent) ? { code: 'host_dropped', host, value: parent } : { code: 'unknown_host', host, value: parent });
        read.delete(host);
      }
    }
  }

  private positions(raws: ReadonlyMap<string, Record<string, unknown>>, context: Above): Position[] {
    const read: Position[] = [];
    for (const [id, raw] of raws) {
      this.fields.unknown(raw, ['id', 'capacity', 'host', 'priorities', 'scores', 'reserves', 'shares'], { position: id });
      const position = this.position(id, raw, context);
      if (position) read.push(position);
    }
    return read;
  }

  private position(position: string, raw: Record<string, unknown>, context: Above): Position | null {
    const { hosts } = context;
    const capacity = this.fields.capacity(raw['capacity'], { position });
    if (capacity === null) return null;
    const host = raw['host'] === null || raw['host'] === '' ? undefined : raw['host'];
    if (host !== undefined && (typeof host !== 'string' || !hosts.has(host))) {
      this.problems.push({ code: 'unknown_host', position, value: shown(host) });
      return null;
    }
    const order = orderIn(raw, { position }, context);
    if (!order.priorities && !order.scores && !listAbove(host, hosts)) this.problems.push({ code: 'no_order', position });
    return { id: position, capacity, ...(host !== undefined && { host }), ...order, ...this.guarantees(position, raw) };
  }

  private guarantees(position: string, raw: Record<string, unknown>): Pick<Position, 'reserves' | 'shares'> {
    const reserves = readReserves(raw['reserves'], { position }, this.problems);
    const shares = readShares(raw['shares'], { position }, this.problems);
    return { ...(reserves.length > 0 && { reserves }), ...(shares.length > 0 && { shares }) };
  }

  private applicant(raw: Record<string, unknown>, { applicant, a, wishes }: { applicant: string; a: number; wishes: Wishes }): Applicant {
    this.fields.unknown(raw, ['id', 'preferences', 'groups'], { applicant });
    sentList(raw, { applicant }, this.problems);
    const preferences = wishes.of(a, this.problems);
    const groups = readGroups(raw['groups'], { applicant }, this.problems);
    return { id: applicant, preferences, ...(groups.length > 0 && { groups }) };
  }
}

type Above = Context & { readonly hosts: ReadonlyMap<string, Host> };

/** By its own order, else by the list of the nearest host above that gives one. */
function acceptedBy({ priorities, scores, host }: Position, hosts: ReadonlyMap<string, Host>, { accepted }: Context): Int32Array {
  const order = priorities ?? scores ?? listAbove(host, hosts);
  return (order && accepted.get(order)) ?? new Int32Array(0);
}

/** A cycle of hosts, which is refused later, ends the search too. */
function listAbove(host: string | undefined, hosts: ReadonlyMap<string, Host>): Priorities | undefined {
  const seen = new Set<string>();
  for (let at = host; at !== undefined && !seen.has(at); at = hosts.get(at)?.parent) {
    seen.add(at);
    const list = hosts.get(at)?.priorities;
    if (list) return list;
  }
  return undefined;
}

function hasTies({ positions, hosts = [] }: Instance): boolean {
  const inList = (list: Priorities = []): boolean => list.some((entry) => typeof entry !== 'string');
  const inScores = (scores: Readonly<Record<string, number>> = {}): boolean => new Set(Object.values(scores)).size < Object.keys(scores).length;
  return [...positions, ...hosts].some(({ priorities }) => inList(priorities)) || positions.some(({ scores }) => inScores(scores));
}
