export interface AutomlSearch {
  dataset?: string
}

export function automlSearch(search: Record<string, unknown>): AutomlSearch {
  const dataset = search['dataset']
  return typeof dataset === 'string' && dataset !== '' ? { dataset } : {}
}
