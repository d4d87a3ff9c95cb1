// Which feature reads a node of which type; each resolver adds its own.
import { Injectable } from '@nestjs/common';
import type { NodeType } from './ids.js';
import type { RequestContext } from './request.js';

type Load = (context: RequestContext, id: string) => Promise<object | null> | null;

@Injectable()
export class Nodes {
  private readonly loaders = new Map<NodeType, Load>();

  add(type: NodeType, load: Load): void {
    this.loaders.set(type, load);
  }

  async load(type: NodeType, context: RequestContext, id: string): Promise<object | null> {
    return (await this.loaders.get(type)?.(context, id)) ?? null;
  }
}
