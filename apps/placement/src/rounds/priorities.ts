// Whom a position accepts, and how many points a student has there: from facts that exist, by the frozen rule sheet.
import { regionAndWider } from '@tandem/taxonomy';
import type { RuleSheet } from './round.js';

export interface Skill {
  readonly code: string;
  readonly level: number;
}

/** Of a student only what the rule sheet names, as it was when the list was handed in. */
export interface StudentFacts {
  readonly programCode: string;
  readonly region: string;
  readonly skills: readonly Skill[];
  readonly minorThrough: string;
  readonly workableFrom: string;
  /** Groups, as codes that only the college understands. */
  readonly tags: readonly string[];
}

export interface PositionFacts {
  readonly majors: readonly string[];
  readonly skills: readonly Skill[];
  readonly region: string;
  readonly hasNightWork: boolean;
  /** The enterprise's hard requirement. */
  readonly needsMajor: boolean;
}

/** Codes of the 专业目录 nest by their digits: 2 the category, 4 the class, 6 the program. */
const classOf = (code: string): string => code.slice(0, 4);

/** Why a student cannot have the position at all, or null. Age and night work: rules on internships of 2021, articles 16 and 17. */
export function unacceptable(student: StudentFacts, position: PositionFacts, startsOn: string): 'age' | 'night_work' | 'major' | null {
  const month = startsOn.slice(0, 7);
  if (month < student.workableFrom) return 'age';
  if (position.hasNightWork && month <= student.minorThrough) return 'night_work';
  const isNamed = position.majors.length === 0 || position.majors.some((major) => classOf(major) === classOf(student.programCode));
  return position.needsMajor && !isNamed ? 'major' : null;
}

/** Never negative. */
export function pointsOf(rules: RuleSheet, student: StudentFacts, position: PositionFacts): number {
  return majorPoints(rules, student, position) + skillPoints(rules, student, position) + distancePoints(rules, student, position) + groupPoints(rules, student);
}

function majorPoints({ sameMajor, sameClass }: RuleSheet, { programCode }: StudentFacts, { majors }: PositionFacts): number {
  if (majors.includes(programCode)) return sameMajor;
  return majors.some((major) => classOf(major) === classOf(programCode)) ? sameClass : 0;
}

function skillPoints({ skill }: RuleSheet, { skills: has }: StudentFacts, { skills: wanted }: PositionFacts): number {
  return skill * wanted.filter(({ code, level }) => has.some((own) => own.code === code && own.level >= level)).length;
}

/** Of lists from before there were groups, no tags are known. */
function groupPoints({ groups = [] }: Partial<RuleSheet>, { tags = [] }: Partial<StudentFacts>): number {
  return groups.filter(({ tag }) => tags.includes(tag)).reduce((sum, { points }) => sum + points, 0);
}

/** Regions nest, so a shared code says how near two are; a position that names a prefecture is near to all of it. */
function distancePoints({ sameCounty, samePrefecture }: RuleSheet, { region: home }: StudentFacts, { region }: PositionFacts): number {
  if (home === region) return sameCounty;
  return prefectureOf(home) !== '' && prefectureOf(home) === prefectureOf(region) ? samePrefecture : 0;
}

function prefectureOf(region: string): string {
  return regionAndWider(region).find((code) => code.endsWith('00') && !code.endsWith('0000')) ?? '';
}
