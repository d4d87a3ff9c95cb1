// The words of a matching, exactly as the JSON of an instance and of its result says them. Ids are strings throughout.

/** Who applies: positions in the order of the own wish, the most wanted first. */
export interface Applicant {
  readonly id: string;
  readonly preferences: readonly string[];
  readonly groups?: readonly string[];
}

/** Seats that are filled by members of a group first; what members leave goes to everyone. */
export interface Reserve {
  readonly group: string;
  readonly seats: number;
}

/** At least this percentage (two decimals at most) of every beginning of the call order belongs to the group, while it has anybody left. */
export interface Share {
  readonly group: string;
  readonly percent: number;
}

/** The best first; applicants inside an inner list are tied, and the lottery orders them. Who is not named is not acceptable. */
export type Priorities = readonly (string | readonly string[])[];

export interface Position {
  readonly id: string;
  readonly capacity: number;
  readonly host?: string;
  readonly priorities?: Priorities;
  /** Higher is better; equal scores go by lottery. In place of priorities. */
  readonly scores?: Readonly<Record<string, number>>;
  readonly reserves?: readonly Reserve[];
  /** In order of precedence. */
  readonly shares?: readonly Share[];
}

/** An upper level that caps the positions and hosts below it: a kind of post, an enterprise, a park. */
export interface Host {
  readonly id: string;
  readonly capacity: number;
  readonly parent?: string;
  readonly priorities?: Priorities;
  readonly shares?: readonly Share[];
}

export interface Instance {
  readonly applicants: readonly Applicant[];
  readonly positions: readonly Position[];
  readonly hosts?: readonly Host[];
  /** Key of the lottery; without one the empty key, which everybody can foresee. */
  readonly seed?: string;
}

export type Assignments = Readonly<Record<string, string | null>>;

/** `out`: final elsewhere or gone; only after a refill. */
export type UnassignedReason = 'no_list' | 'none_acceptable' | 'no_seat' | 'out';

export interface Matching {
  readonly assignments: Assignments;
  readonly unassigned: Readonly<Record<string, UnassignedReason>>;
  /** Seats that nobody took, by position; a host's cap may keep them empty. */
  readonly free: Readonly<Record<string, number>>;
  readonly stable: true;
  readonly digest: string;
}

/** Why an instance is not matched at all. Details are ids, codes and numbers. */
export type RefusalCode =
  | 'instance.unreadable' | 'instance.dirty' | 'instance.unknown_id' | 'instance.repeated' | 'instance.bad_value'
  | 'hosts.cycle' | 'hosts.two_hosts' | 'hosts.caps_cross'
  | 'order.mixed_forms' | 'order.missing' | 'order.contradiction'
  | 'reserves.on_host' | 'reserves.overlap_under_host' | 'reserves.with_shares' | 'reserves.too_many'
  | 'shares.under_host' | 'shares.host_cannot_bind' | 'shares.without_list' | 'shares.bad_percent'
  | 'unsupported.lower_quotas' | 'unsupported.couples' | 'unsupported.levels';

export class Refused extends Error {
  constructor(
    readonly code: RefusalCode,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(`${code} ${JSON.stringify(details)}`);
    this.name = 'Refused';
  }
}
