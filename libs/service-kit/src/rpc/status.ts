// Refusals on the wire: each kind is one gRPC status, code and details travel in trailing metadata. Mapped here and nowhere else.
import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { kinds, Refusal, type Details, type Kind } from '@tandem/contracts';

const statusOf: Readonly<Record<Kind, status>> = {
  invalid_argument: status.INVALID_ARGUMENT,
  not_found: status.NOT_FOUND,
  already_exists: status.ALREADY_EXISTS,
  failed_precondition: status.FAILED_PRECONDITION,
  permission_denied: status.PERMISSION_DENIED,
  aborted: status.ABORTED,
  resource_exhausted: status.RESOURCE_EXHAUSTED,
};

export interface WireError {
  readonly code: status;
  readonly details: string;
  readonly metadata?: Metadata;
}

export function wireErrorOf(refusal: Refusal): WireError {
  const metadata = new Metadata();
  metadata.set('tandem-code', refusal.code);
  // Base64: header values are ASCII, a detail may not be.
  metadata.set('tandem-details', Buffer.from(JSON.stringify(refusal.details)).toString('base64'));
  return { code: statusOf[refusal.kind], details: refusal.code, metadata };
}

/** The refusal that a service answered, or null when the error is something else (a defect, an outage, a deadline). */
export function refusalOf(error: unknown): Refusal | null {
  const { metadata, code } = (error ?? {}) as Partial<ServiceError>;
  const name = metadata?.get('tandem-code')[0];
  const kind = kinds.find((known) => statusOf[known] === code);
  if (typeof name !== 'string' || !kind) return null;
  const details = metadata?.get('tandem-details')[0];
  return new Refusal(name, kind, typeof details === 'string' ? (JSON.parse(Buffer.from(details, 'base64').toString('utf8')) as Details) : {});
}
