/** Pages with cursors, as TanStack Query's infinite queries want them. */

export interface Page<Item> {
  items: Item[]
  next_cursor?: string | null
}

/** The options of an infinite query that every list of the server's shares. */
export const pageOf = {
  initialPageParam: null as string | null,
  getNextPageParam: (page: { next_cursor?: string | null }): string | null => page.next_cursor ?? null,
}
