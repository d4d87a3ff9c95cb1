// Relay connections over the services' pages.
import type { ExecutionContext } from '@nestjs/common';
import { createParamDecorator } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import type { Page as PageRequest, PageInfo } from '@tandem/contracts';
import { Kind, type GraphQLResolveInfo, type SelectionNode } from 'graphql';

export type { PageRequest };

interface PageInput {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly skip?: number | null;
}

/** The list's argument `page`, and whether the caller wants to know how many there are in all: counting costs more than the page. */
export const Page = createParamDecorator((_: unknown, execution: ExecutionContext): PageRequest => {
  const graphql = GqlExecutionContext.create(execution);
  const { page } = graphql.getArgs<{ page?: PageInput | null }>();
  return { first: page?.first ?? 20, after: page?.after ?? '', skip: page?.skip ?? 0, withTotal: asks(graphql.getInfo<GraphQLResolveInfo>(), 'totalCount') };
});

/** Whether the field of the connection is selected, through fragments too; one behind `@include` counts as asked for. */
function asks({ fieldNodes, fragments }: GraphQLResolveInfo, field: string): boolean {
  const isAsked = (node: SelectionNode): boolean => {
    if (node.kind === Kind.FIELD) return node.name.value === field;
    const selections = node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet : fragments[node.name.value]?.selectionSet;
    return selections?.selections.some(isAsked) ?? false;
  };
  return fieldNodes.some(({ selectionSet }) => selectionSet?.selections.some(isAsked));
}

export interface Connection<Node> {
  readonly edges: readonly { readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly totalCount: number;
}

export function connection<Node>(nodes: readonly Node[], info: PageInfo | undefined): Connection<Node> {
  return {
    edges: nodes.map((node) => ({ node })),
    pageInfo: { hasNextPage: info?.hasNextPage ?? false, endCursor: info?.endCursor || null },
    totalCount: info?.totalCount ?? 0,
  };
}
