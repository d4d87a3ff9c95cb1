export type { CodeEntry, CodeListFile, Finding } from './code-list.js';
export { FileRefused, textOf, type FileProblem } from './csv.js';
export { readIndustries } from './industries.js';
export { readMajors } from './majors.js';
export { readOccupations } from './occupations.js';
export { readRegions, regionsOf, type ChinaDivision } from './region-list.js';
export * from './regions.js';
export { bornOnOf, idCheckCharacter, idNumberProblem } from './id-number.js';
