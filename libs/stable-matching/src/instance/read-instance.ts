// An instance as somebody sent it, cleaned: each item that cannot be used is reported and left out, or with `strict` the whole is refused.
import { Fields, isRecord } from './fields.js';
import { Refused, type Applicant, type Host, type Instance, type Position, type Priorities } from './instance.js';
import { orderIn, readGroups, readReserves, readShares } from './read-orders.js';
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
    const hostsRead = this.hosts(this.entries(hosts, 'host'), new Set(people.keys()));
    const positionsRead = this.positions(this.entries(positions, 'position'), { hosts: hostsRead, people: new Set(people.keys()) });
    const named = new Set(positions.filter(isRecord).map(({ id }) => id));
    const accepts = acceptance(positionsRead, hostsRead);
    const read: Instance = {
      applicants: [...people].map(([id, raw]) => this.applicant(id, raw, { accepts, named })),
      positions: [...positionsRead.values()],
      ...(hostsRead.size > 0 && { hosts: [...hostsRead.values()] }),
      ...(typeof seed === 'string' && { seed }),
    };
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

  private hosts(raws: ReadonlyMap<string, Record<string, unknown>>, people: ReadonlySet<string>): Map<string, Host> {
    const read = new Map<string, Host>();
    for (const [host, raw] of raws) {
      const capacity = this.fields.capacity(raw['capacity'], { host });
      this.fields.unknown(raw, ['id', 'capacity', 'parent', 'priorities', 'shares'], { host });
      if (capacity === null) continue;
      const shares = readShares(raw['shares'], { host }, this.problems);
      const parent = raw['parent'] === null ? undefined : raw['parent'];
      read.set(host, { id: host, capacity, ...(parent !== undefined && { parent: typeof parent === 'string' ? parent : shown(parent) }), ...orderIn(raw, { host }, { people, problems: this.problems }), ...(shares.length > 0 && { shares }) });
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

  private positions(raws: ReadonlyMap<string, Record<string, unknown>>, context: { hosts: ReadonlyMap<string, Host>; people: ReadonlySet<string> }): Map<string, Position> {
    const read = new Map<string, Position>();
    for (const [id, raw] of raws) {
      this.fields.unknown(raw, ['id', 'capacity', 'host', 'priorities', 'scores', 'reserves', 'shares'], { position: id });
      const position = this.position(id, raw, context);
      if (position) read.set(id, position);
    }
    return read;
  }

  private position(position: string, raw: Record<string, unknown>, { hosts, people }: { hosts: ReadonlyMap<string, Host>; people: ReadonlySet<string> }): Position | null {
    const capacity = this.fields.capacity(raw['capacity'], { position });
    if (capacity === null) return null;
    const host = raw['host'] === null || raw['host'] === '' ? undefined : raw['host'];
    if (host !== undefined && (typeof host !== 'string' || !hosts.has(host))) {
      this.problems.push({ code: 'unknown_host', position, value: shown(host) });
      return null;
    }
    const order = orderIn(raw, { position }, { people, problems: this.problems });
    if (!order.priorities && !order.scores && !listAbove(host, hosts)) this.problems.push({ code: 'no_order', position });
    return { id: position, capacity, ...(host !== undefined && { host }), ...order, ...this.guarantees(position, raw) };
  }

  private guarantees(position: string, raw: Record<string, unknown>): Pick<Position, 'reserves' | 'shares'> {
    const reserves = readReserves(raw['reserves'], { position }, this.problems);
    const shares = readShares(raw['shares'], { position }, this.problems);
    return { ...(reserves.length > 0 && { reserves }), ...(shares.length > 0 && { shares }) };
  }

  private applicant(applicant: string, raw: Record<string, unknown>, { accepts, named }: { accepts: ReadonlyMap<string, ReadonlySet<string>>; named: ReadonlySet<unknown> }): Applicant {
    this.fields.unknown(raw, ['id', 'preferences', 'groups'], { applicant });
    const preferences: string[] = [];
    const seen = new Set<string>();
    for (const wish of this.fields.list(raw['preferences'], { applicant, field: 'preferences' })) {
      const code = wishProblem(wish, { seen, named, accepted: typeof wish === 'string' ? accepts.get(wish) : undefined, applicant });
      if (code) this.problems.push({ code, applicant, ...(typeof wish === 'string' ? { position: wish } : { field: 'preferences', value: shown(wish) }) });
      else preferences.push(wish as string);
      if (typeof wish === 'string') seen.add(wish);
    }
    const groups = readGroups(raw['groups'], { applicant }, this.problems);
    return { id: applicant, preferences, ...(groups.length > 0 && { groups }) };
  }
}

interface WishFacts {
  readonly seen: ReadonlySet<string>;
  readonly named: ReadonlySet<unknown>;
  readonly accepted: ReadonlySet<string> | undefined;
  readonly applicant: string;
}

function wishProblem(wish: unknown, { seen, named, accepted, applicant }: WishFacts): Problem['code'] | null {
  if (typeof wish !== 'string') return 'malformed';
  if (seen.has(wish)) return 'repeated_wish';
  if (!accepted) return named.has(wish) ? 'position_dropped' : 'unknown_position';
  return accepted.has(applicant) ? null : 'one_sided';
}

/** Whom each position accepts: by its own order, else by the list of the nearest host above that gives one. */
function acceptance(positions: ReadonlyMap<string, Position>, hosts: ReadonlyMap<string, Host>): Map<string, ReadonlySet<string>> {
  const sets = new Map<Priorities, ReadonlySet<string>>();
  const setOf = (list: Priorities): ReadonlySet<string> => {
    const known = sets.get(list) ?? new Set(list.flat());
    sets.set(list, known);
    return known;
  };
  const above = (host: string | undefined): ReadonlySet<string> => {
    const list = listAbove(host, hosts);
    return list ? setOf(list) : new Set();
  };
  return new Map([...positions].map(([id, { priorities, scores, host }]) => [id, priorities ? setOf(priorities) : scores ? new Set(Object.keys(scores)) : above(host)]));
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
