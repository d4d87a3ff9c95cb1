import { eventLogConformance } from '../conformance.js';
import { postgresSubject } from './test-support.js';

eventLogConformance(
  'PostgreSQL',
  { maxPayloadBytes: 1_000_000, maxHeaders: 64, sharedGroups: false, dropsDuplicates: true, isApart: false, compactsWhenAsked: true, holdsForeignTransactions: true },
  postgresSubject,
);
