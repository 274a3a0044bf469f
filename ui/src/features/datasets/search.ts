export interface DatasetSearch {
  tab?: 'preview' | 'versions'
  version?: number
}

export function datasetSearch(search: Record<string, unknown>): DatasetSearch {
  const { tab, version } = search
  return {
    ...((tab === 'preview' || tab === 'versions') && { tab }),
    ...(typeof version === 'number' && Number.isInteger(version) && version > 0 && { version }),
  }
}
