import { services, type ImportState, type Outcomes, type programs, type UndoResponse } from '@tandem/contracts';
import { BatchGet, code, GrpcService, MAX_BATCH, optional, outcomes, Rpc, uuid, type Call, type Serves } from '@tandem/service-kit';
import { z } from 'zod';
import { levels } from './program.js';
import { RegisterService } from './register.service.js';

const definition = services['tandem.programs.v1.RegisterService'];
const Offering = z.strictObject({ collegeOrg: uuid, code, level: z.enum(levels), years: z.int().min(1).max(8) });
const Import = z.strictObject({ offerings: z.array(Offering).min(1).max(MAX_BATCH), importId: uuid });
const OfImport = z.strictObject({ importId: uuid });
const Undo = z.strictObject({ importId: uuid, after: optional(uuid) });

@GrpcService(definition)
export class RegisterGrpc implements Serves<typeof definition> {
  constructor(private readonly register: RegisterService) {}

  @Rpc(Import, 'operator') async importOfferings(call: Call, { offerings, importId }: z.infer<typeof Import>): Promise<Outcomes> {
    return outcomes(await this.register.import(call, offerings, importId));
  }
  @Rpc(OfImport, 'operator') getImport(call: Call, { importId }: z.infer<typeof OfImport>): Promise<ImportState> {
    return this.register.state(call, importId);
  }
  @Rpc(Undo, 'operator') undoOfferings(call: Call, { importId, after }: z.infer<typeof Undo>): Promise<UndoResponse> {
    return this.register.undo(call, importId, after);
  }
  @Rpc(BatchGet, 'operator') async collegesInUse(_call: Call, { ids }: z.infer<typeof BatchGet>): Promise<programs.CollegesInUseResponse> {
    return { ids: await this.register.collegesInUse(ids) };
  }
}
