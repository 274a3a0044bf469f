/** Data sets: tables, their versions, what is known about them. */
import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { api, data, pageOf, type Schema, type UploadProgress } from '@/api'

import { sendFile } from './resume'

export type Dataset = Schema['Dataset']
export type Version = Schema['DatasetVersion']
export type Profile = Schema['TableProfile']
export type ColumnProfile = Schema['ColumnProfile']
type Which = number | 'latest'

export const datasetsQuery = (options: { search?: string; order?: Schema['DatasetOrder']; limit?: number } = {}) =>
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

export function useDeleteDataset() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (dataset: string) => data(api.DELETE('/api/v1/datasets/{dataset}', { params: { path: { dataset } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['datasets'] }),
  })
}
