// The kit as it is: service, outbox, relay, log, reaction.
import { join } from 'node:path';
import type { EventLog } from '@tandem/event-log';
import { FileKeyRing } from '@tandem/persistence';
import { Commands, newKeyPair, rootLogger, startService, tokenVerifier, type RunningService } from '@tandem/service-kit';
import { until, type Stage } from '../stage.js';
import { Bed, serviceDatabase } from './bed.js';
import { benchService } from './service.js';

const logger = rootLogger('warn');

export class TandemBed extends Bed {
  service: RunningService | null = null;

  /** `log`: another than one of its own in PostgreSQL. */
  static async make(stage: Stage, name: string, maxBatch?: number, log?: EventLog): Promise<TandemBed> {
    const { access, admin } = await serviceDatabase(stage, `bench_${name}`);
    return new TandemBed(stage, name, access, { admin, log: log ?? (await stage.log(`log_${name}`)), maxBatch });
  }

  private constructor(
    stage: Stage,
    name: string,
    access: Bed['access'],
    private readonly parts: { admin: Bed['admin']; log: EventLog; maxBatch: number | undefined },
  ) {
    super(`tandem ${name}`, stage, access, parts.admin);
  }

  async open(): Promise<Commands> {
    const { log, maxBatch } = this.parts;
    const { publicKey } = await newKeyPair();
    const settings = { database: this.access, log, address: `unix:${join(this.stage.folder, `${this.access.database}.sock`)}`, verifier: await tokenVerifier(publicKey), logger, keys: new FileKeyRing(join(this.stage.folder, 'keys')), timeZone: 'Asia/Shanghai' };
    this.service = await startService(benchService, { ...settings, ...(maxBatch !== undefined && { maxBatch }) });
    await this.consumer().stop();
    return this.service.get(Commands);
  }

  async consume(): Promise<void> {
    this.consumer().start();
  }

  async close(): Promise<void> {
    await this.service?.stop();
    this.service = null;
  }

  /** The end of the run closes what outlives a service. */
  async end(): Promise<void> {
    await this.parts.log.close();
  }

  async parked(): Promise<number> {
    const { rows } = await this.admin.query<{ n: number }>('select count(*)::int n from held');
    return rows[0]?.n ?? 0;
  }

  async ready(): Promise<void> {
    await until(async () => (await this.admin.query('select 1 from outbox limit 1')).rowCount === 0, 'an empty outbox');
  }

  private consumer(): RunningService['consumers'][number] {
    const consumer = this.service?.consumers.find(({ name }) => name === 'effects');
    if (!consumer) throw new Error('the bench service has no consumer of effects');
    return consumer;
  }
}
