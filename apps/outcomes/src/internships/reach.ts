// Whose internships somebody sees within what the organisation may see.
import type { Condition } from '@tandem/persistence';
import type { Call } from '@tandem/service-kit';

/** On a table or alias of internships: a student the own ones, a class teacher those of the own classes; the office and the enterprise all of theirs. */
export function reach({ principal: { role, account } }: Call, internships: string): Condition[] {
  if (role === 'student') return [{ sql: `${internships}.student_id = $`, value: account }];
  if (role !== 'class_teacher') return [];
  const ofClasses = `select s.id from known_students s join known_classes c on c.org = s.org and c.id = s.class_id where s.org = ${internships}.org and c.teacher_account = $`;
  return [{ sql: `${internships}.student_id in (${ofClasses})`, value: account }];
}
