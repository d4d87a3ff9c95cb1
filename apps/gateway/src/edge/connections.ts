// Relay connections over the services' pages.
import type { PageInfo } from '@tandem/contracts';

export interface PageInput {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly skip?: number | null;
}

export function pageRequest(page: PageInput | null | undefined): { first: number; after: string; skip: number } {
  return { first: page?.first ?? 20, after: page?.after ?? '', skip: page?.skip ?? 0 };
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
