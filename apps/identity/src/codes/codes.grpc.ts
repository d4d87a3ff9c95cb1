import { services, type identity } from '@tandem/contracts';
import { code, GrpcService, optional, pageInfo, pageOf, plainDate, Rpc, text, type Call, type Serves } from '@tandem/service-kit';
import { z } from 'zod';
import { lists } from './code.js';
import { CodesService } from './codes.service.js';

const definition = services['tandem.identity.v1.CodeService'];
const entry = z.strictObject({ code, name: text(200), parent: optional(code), level: z.int().min(1).max(9), leaf: z.boolean() });
const Import = z.strictObject({ list: z.enum(lists), fromOn: plainDate, entries: z.array(entry).min(1).max(1000) });
const List = z.strictObject({ page: pageOf, list: z.enum(lists), parent: optional(code), search: optional(text(60)) });

@GrpcService(definition)
export class CodesGrpc implements Serves<typeof definition> {
  constructor(private readonly codes: CodesService) {}

  @Rpc(Import, 'operator') importCodes(call: Call, { list, fromOn, entries }: z.infer<typeof Import>): Promise<identity.ImportCodesResponse> {
    return this.codes.import(call, list, fromOn, entries);
  }
  @Rpc(List) async listCodes(call: Call, filter: z.infer<typeof List>): Promise<identity.ListCodesResponse> {
    const page = await this.codes.list(call, filter);
    const codes = page.rows.map(({ id, state, list: of, code: is, name, parent: under, level, leaf }) => ({ id, list: of, code: is, name, parent: under ?? '', level, leaf, state }));
    return { codes, pageInfo: pageInfo(page) };
  }
}
