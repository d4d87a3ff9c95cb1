// A job as the organisation that gave it sees it.
import { services, type Job } from '@tandem/contracts';
import { z } from 'zod';
import { jobView } from '../rpc/answers.js';
import { GrpcService, Rpc, type Serves } from '../rpc/rpc.js';
import { uuid } from '../rpc/schemas.js';
import type { Call } from '../write/call.js';
import { Jobs } from './jobs.js';

const definition = services['tandem.ops.v1.JobService'];
const Get = z.strictObject({ id: uuid });

@GrpcService(definition)
export class JobsGrpc implements Serves<typeof definition> {
  constructor(private readonly jobs: Jobs) {}

  @Rpc(Get) async getJob(call: Call, { id }: z.infer<typeof Get>): Promise<Job> {
    return jobView(await this.jobs.get(call, id));
  }
  @Rpc(Get) async cancelJob(call: Call, { id }: z.infer<typeof Get>): Promise<Job> {
    return jobView(await this.jobs.cancel(call, id));
  }
}
