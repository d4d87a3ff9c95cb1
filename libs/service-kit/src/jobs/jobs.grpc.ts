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
/** Who gives bulk commands. */
const offices = ['operator', 'bureau_officer', 'park_operator', 'enterprise_hr', 'college_office'] as const;

@GrpcService(definition)
export class JobsGrpc implements Serves<typeof definition> {
  constructor(private readonly jobs: Jobs) {}

  @Rpc(Get, ...offices) async getJob(call: Call, { id }: z.infer<typeof Get>): Promise<Job> {
    return jobView(await this.jobs.get(call, id));
  }
  @Rpc(Get, ...offices) async cancelJob(call: Call, { id }: z.infer<typeof Get>): Promise<Job> {
    return jobView(await this.jobs.cancel(call, id));
  }
}
