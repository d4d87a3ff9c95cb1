import { services, type placement } from '@tandem/contracts';
import { GrpcService, Rpc, type Call, type Serves } from '@tandem/service-kit';
import { z } from 'zod';
import { TodosService } from './todos.service.js';

const definition = services['tandem.placement.v1.TodoService'];

@GrpcService(definition)
export class TodosGrpc implements Serves<typeof definition> {
  constructor(private readonly todos: TodosService) {}

  /** Whoever has nothing to do here is told so. */
  @Rpc(z.strictObject({})) async listTodos(call: Call): Promise<placement.ListTodosResponse> {
    return { todos: await this.todos.list(call) };
  }
}
