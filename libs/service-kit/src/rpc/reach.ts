// Whose rows about people somebody reads, within what the organisation may read.
import type { Condition } from '@tandem/persistence';
import type { Call } from '../write/call.js';

const none = { sql: '$::boolean', value: false };

/**
 * Conditions on a table, or its alias, with `org` and `student_id`: a student's own rows, a class teacher's own classes (as the service's projections
 * `known_students` and `known_classes` know them), nothing for guardians and training officers, everything for everybody else.
 */
export function reach({ principal: { role, account } }: Call, table: string): Condition[] {
  if (role === 'student') return [{ sql: `${table}.student_id = $`, value: account }];
  if (role === 'guardian' || role === 'training_officer') return [none];
  if (role !== 'class_teacher') return [];
  const ofClasses = `select s.id from known_students s join known_classes c on c.org = s.org and c.id = s.class_id where s.org = ${table}.org and c.teacher_account = $`;
  return [{ sql: `${table}.student_id in (${ofClasses})`, value: account }];
}
