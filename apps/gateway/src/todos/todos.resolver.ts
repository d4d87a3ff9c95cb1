import { Context, Query, Resolver } from '@nestjs/graphql';
import type { placement } from '@tandem/contracts';
import { absent, type Absent } from '../edge/absent.js';
import { globalId, nodeTypes } from '../edge/ids.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';

type Item = Absent<Omit<placement.Todo, 'subjectId'>> & { readonly subject: string | null };

@Resolver('Todo')
export class TodosResolver {
  constructor(private readonly services: Services) {}

  @Query('todos')
  async todos(@Context() context: RequestContext): Promise<Item[]> {
    const { todos } = await this.services.todos.listTodos(context.call(), {});
    return todos.map(({ subjectId, ...item }) => ({ ...absent(item), subject: subjectOf(item.subjectType, subjectId) }));
  }
}

function subjectOf(type: string | null, id: string): string | null {
  const known = nodeTypes.find((name) => name === type);
  return known ? globalId(known, id) : null;
}
