// A round matches, and publishes, under names that belong to it alone: whoever knows a student elsewhere does not find the list by it.
import { createHmac } from 'node:crypto';

/** 128 bits of HMAC-SHA-256 under a key that is drawn before anybody ranks and never shown; the rule sheet holds the commitment to it. Rounds from before have no key, and students their ids. */
export function aliasesUnder(key: string | null): (studentId: string) => string {
  return (studentId) => (key === null ? studentId : createHmac('sha256', key).update(studentId).digest('hex').slice(0, 32));
}
