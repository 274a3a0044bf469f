export const ORDERS = { updated: 'Last changed', name: 'Name' } as const
export type Order = keyof typeof ORDERS

export interface ModelsSearch {
  q?: string
  order?: Order
}

export function modelsSearch(search: Record<string, unknown>): ModelsSearch {
  const { q, order } = search
  return {
    ...(typeof q === 'string' && q !== '' && { q }),
    ...(typeof order === 'string' && order in ORDERS && { order: order as Order }),
  }
}

const MOST_COMPARED = 4

export interface ModelSearch {
  /** The versions that stand beside each other. */
  compare?: number[]
}

export function modelSearch(search: Record<string, unknown>): ModelSearch {
  const { compare } = search
  if (!Array.isArray(compare)) return {}
  const versions = (compare as unknown[]).filter((each): each is number => typeof each === 'number' && Number.isInteger(each) && each > 0)
  return versions.length >= 2 ? { compare: versions.slice(0, MOST_COMPARED) } : {}
}
