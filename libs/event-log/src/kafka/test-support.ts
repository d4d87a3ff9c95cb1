// The broker of the jest run, as the conformance suite wants it.
import type { ConformanceSubject } from '../conformance/subject.js';
import type { EventLog } from '../port.js';
import { kafkaLog } from './kafka-log.js';

export function brokers(): readonly string[] {
  const named = process.env['TANDEM_TEST_KAFKA'];
  if (!named) throw new Error('TANDEM_TEST_KAFKA is not set: npm run test:distributed starts a broker, or takes the one that it names');
  return named.split(',');
}

export function kafkaSubject(): Promise<ConformanceSubject> {
  const named = brokers().join(',');
  return Promise.resolve({
    open: () => open(named),
    child: { module: new URL(import.meta.url), argument: named },
    dispose: () => Promise.resolve(),
  });
}

/** Called in the child process of the suite, too. */
export function open(named: string): Promise<EventLog> {
  return Promise.resolve(kafkaLog({ brokers: named.split(','), clientId: 'tandem-conformance' }));
}
