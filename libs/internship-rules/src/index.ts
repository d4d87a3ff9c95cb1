export { headcountRules, headsAllowed, headsOf, packsUntil, type Headcount, type HeadKind, type Place } from './headcount.js';
export { rulePacks, type RulePack, type Rounding, type Share } from './packs.js';
