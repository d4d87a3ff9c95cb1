export const orgKinds = ['bureau', 'college', 'enterprise', 'park', 'operator'] as const;
export type OrgKind = (typeof orgKinds)[number];

/** Which kind of organisation each role belongs to. `service` is a service's own principal, never a person's. */
export const roles = {
  bureau_officer: 'bureau',
  park_operator: 'park',
  enterprise_hr: 'enterprise',
  mentor: 'enterprise',
  college_office: 'college',
  class_teacher: 'college',
  training_officer: 'college',
  student: 'college',
  guardian: 'college',
  operator: 'operator',
} as const satisfies Record<string, OrgKind>;
export type Role = keyof typeof roles;

/** The operator of a deployment: there is one, and identity's organisations, codes and clock are its rows. */
export const OPERATOR_ORG = '00000000-0000-8000-8000-000000000001';

export interface OnBehalfOf {
  /** The acting park. */
  readonly org: string;
  readonly delegation: string;
}

/** Who calls. Only the verifying interceptor of `service-kit` makes one from a token; services make their own of kind `service`. */
export interface Principal {
  readonly account: string;
  /** The organisation whose rows are in reach; under a delegation the enterprise. */
  readonly org: string;
  readonly role: Role | 'service';
  readonly orgKind: OrgKind;
  readonly onBehalfOf?: OnBehalfOf;
  readonly kind: 'person' | 'service';
}
