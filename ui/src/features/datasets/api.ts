/** Data sets: tables, their versions, what is known about them. */
import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient, type InfiniteData } from '@tanstack/react-query'
import { useState } from 'react'

import { api, data, pageOf, type Page, type Schema, type UploadProgress } from '@/api'

import { sendFile } from './resume'

export type Dataset = Schema['Dataset']
export type Version = Schema['DatasetVersion']
export type Profile = Schema['TableProfile']
export type ColumnProfile = Schema['ColumnProfile']
type Which = number | 'latest'

export const datasetsQuery = (options: { search?: string; order?: Schema['DatasetOrder']; deleted?: boolean; limit?: number } = {}) =>
  infiniteQueryOptions({
    queryKey: ['datasets', options],
    queryFn: ({ pageParam, signal }) =>
      data(
        api.GET('/api/v1/datasets', {
          params: { query: { limit: 100, ...options, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    ...pageOf,
  })

export const datasetQuery = (dataset: string) =>
  queryOptions({
    queryKey: ['dataset', dataset],
    queryFn: ({ signal }) => data(api.GET('/api/v1/datasets/{dataset}', { params: { path: { dataset } }, signal })),
  })

export const versionsQuery = (dataset: string) =>
  infiniteQueryOptions({
    queryKey: ['dataset', dataset, 'versions'],
    queryFn: ({ pageParam, signal }) =>
      data(
        api.GET('/api/v1/datasets/{dataset}/versions', {
          params: { path: { dataset }, query: { limit: 50, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    ...pageOf,
  })

export const versionQuery = (dataset: string, version: Which) =>
  queryOptions({
    queryKey: ['dataset', dataset, 'version', version],
    queryFn: ({ signal }) =>
      data(api.GET('/api/v1/datasets/{dataset}/versions/{version}', { params: { path: { dataset, version } }, signal })),
    enabled: dataset !== '',
  })

export const profileQuery = (dataset: string, version: Which) =>
  queryOptions({
    queryKey: ['dataset', dataset, 'profile', version],
    queryFn: ({ signal }) =>
      data(
        api.GET('/api/v1/datasets/{dataset}/versions/{version}/profile', { params: { path: { dataset, version } }, signal }),
      ),
    enabled: dataset !== '',
    staleTime: 60_000,
  })

export const PREVIEW_ROWS = 50

export const previewQuery = (dataset: string, version: Which, offset: number) =>
  queryOptions({
    queryKey: ['dataset', dataset, 'preview', version, offset],
    queryFn: ({ signal }) =>
      data(
        api.GET('/api/v1/datasets/{dataset}/versions/{version}/preview', {
          params: { path: { dataset, version }, query: { offset, limit: PREVIEW_ROWS } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  })

/** Sends a file as a new data set, or as the next version of `to`; a large one survives cuts. */
export function useUploadDataset() {
  const queries = useQueryClient()
  const [progress, setProgress] = useState<(UploadProgress & { waiting?: boolean }) | null>(null)
  const sending = useMutation({
    mutationFn: (asked: { file: File; name: string; to?: string | undefined; signal: AbortSignal }) =>
      sendFile({ ...asked, onProgress: setProgress }),
    onSettled: () => setProgress(null),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['datasets'] }),
        queries.invalidateQueries({ queryKey: ['dataset'] }),
      ]),
  })
  return { ...sending, progress }
}

export const lineageQuery = (dataset: string) =>
  queryOptions({
    queryKey: ['dataset', dataset, 'lineage'],
    queryFn: ({ signal }) => data(api.GET('/api/v1/datasets/{dataset}/lineage', { params: { path: { dataset } }, signal })),
  })

export function useDescribeDataset(dataset: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (description: string) =>
      data(api.PATCH('/api/v1/datasets/{dataset}', { params: { path: { dataset } }, body: { description } })),
    onSuccess: (changed) => {
      queries.setQueryData(datasetQuery(dataset).queryKey, changed)
      return queries.invalidateQueries({ queryKey: ['datasets'] })
    },
  })
}

type Listed = InfiniteData<Page<Dataset>>

/** Takes a data set out of the lists at once, and puts it back where the server refuses. */
function useLeave<Answer>(mutationFn: (id: string) => Promise<Answer>) {
  const queries = useQueryClient()
  const lists = { queryKey: ['datasets'] }
  return useMutation({
    mutationFn,
    onMutate: async (id) => {
      await queries.cancelQueries(lists)
      const before = queries.getQueriesData<Listed>(lists)
      queries.setQueriesData<Listed>(lists, (list) => list && without(list, id))
      return before
    },
    onError: (_error, _id, before) => before?.forEach(([key, list]) => queries.setQueryData(key, list)),
    onSettled: () => Promise.all([queries.invalidateQueries(lists), queries.invalidateQueries({ queryKey: ['dataset'], refetchType: 'none' })]),
  })
}

function without(list: Listed, id: string): Listed {
  return { ...list, pages: list.pages.map((page) => ({ ...page, items: page.items.filter((each) => each.id !== id) })) }
}

const of = (dataset: string) => ({ path: { dataset } })

/** To the trash. */
export const useDeleteDataset = () => useLeave((id) => data(api.DELETE('/api/v1/datasets/{dataset}', { params: of(id) })))

/** Out of the trash. */
export const useRestoreDataset = () => useLeave((id) => data(api.POST('/api/v1/datasets/{dataset}/restore', { params: of(id) })))

/** For good. */
export const usePurgeDataset = () =>
  useLeave((id) => data(api.DELETE('/api/v1/datasets/{dataset}', { params: { ...of(id), query: { purge: true } } })))
