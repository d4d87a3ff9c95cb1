import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** A registry of its own for each service, because several live in one process. */
export class Metrics {
  readonly registry = new Registry();
  readonly calls: Histogram<'method' | 'outcome'>;
  readonly relayed: Counter;
  readonly unsent: Gauge;
  readonly lag: Gauge<'consumer' | 'topic'>;
  /** Filled when it is asked for. */
  readonly lagEvents: Gauge<'consumer' | 'topic' | 'partition'>;
  readonly lagSeconds: Gauge<'consumer' | 'topic' | 'partition'>;
  readonly redelivered: Counter<'consumer' | 'topic' | 'partition'>;
  readonly parked: Gauge<'consumer' | 'cause'>;
  /** Fills the gauges that cost a look at database and log. */
  beforeScrape: (() => Promise<void>) | null = null;
  private filling: Promise<void> | null = null;

  constructor(service: string) {
    const registers = [this.registry];
    const filled = { collect: () => this.fill() };
    this.registry.setDefaultLabels({ service });
    this.calls = new Histogram({ name: 'tandem_call_seconds', help: 'gRPC calls by method and outcome', labelNames: ['method', 'outcome'], buckets: [0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5], registers });
    this.relayed = new Counter({ name: 'tandem_relayed_events_total', help: 'events that the relay has sent', registers });
    this.unsent = new Gauge({ name: 'tandem_outbox_rows', help: 'outbox rows not sent yet', registers, ...filled });
    this.lag = new Gauge({ name: 'tandem_consumer_behind_seconds', help: 'seconds since the consumer last saw the end of its topic', labelNames: ['consumer', 'topic'], registers });
    this.lagEvents = new Gauge({
      name: 'tandem_consumer_lag_events',
      help: 'events of a partition that the consumer has not passed, where there are any',
      labelNames: ['consumer', 'topic', 'partition'],
      registers,
      ...filled,
    });
    this.lagSeconds = new Gauge({ name: 'tandem_consumer_lag_seconds', help: 'how long the first waiting event of a partition has been there, where there is one', labelNames: ['consumer', 'topic', 'partition'], registers, ...filled });
    this.redelivered = new Counter({ name: 'tandem_consumer_redelivered_events_total', help: 'events that came to a reaction again after their effect, and had none', labelNames: ['consumer', 'topic', 'partition'], registers });
    this.parked = new Gauge({ name: 'tandem_parked_events', help: 'parked events', labelNames: ['consumer', 'cause'], registers, ...filled });
  }

  /** Once a scrape, which asks every gauge before it prints. */
  private fill(): Promise<void> {
    this.filling ??= (this.beforeScrape?.() ?? Promise.resolve()).finally(() => (this.filling = null));
    return this.filling;
  }
}
