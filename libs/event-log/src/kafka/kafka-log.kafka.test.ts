import { eventLogConformance } from '../conformance.js';
import { kafkaSubject } from './test-support.js';

eventLogConformance(
  'Kafka',
  { maxPayloadBytes: 1_000_000, maxHeaders: 64, sharedGroups: true, dropsDuplicates: false, isApart: true, compactsWhenAsked: false, holdsForeignTransactions: false },
  kafkaSubject,
);
