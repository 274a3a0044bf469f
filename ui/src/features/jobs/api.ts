/** Background work: jobs and what they print. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, data, pageOf, type Schema } from '@/api'

import { KINDS } from './kinds'
import type { JobsSearch, JobState } from './search'

export type Job = Schema['Job']
const at = (job_id: string) => ({ path: { job_id } })

export function isGoing(state: JobState | undefined): boolean {
  return state === 'queued' || state === 'running'
}

export const jobsQuery = (options: JobsSearch & { limit?: number } = {}) =>
  infiniteQueryOptions({
    queryKey: ['jobs', options],
    queryFn: ({ pageParam, signal }) =>
      data(
        api.GET('/api/v1/jobs', {
          params: { query: { limit: 100, ...options, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    ...pageOf,
    refetchInterval: (query) =>
      query.state.data?.pages.some(({ items }) => items.some(({ state }) => isGoing(state))) ? 2000 : 15_000,
  })

export const jobQuery = (jobId: string) =>
  queryOptions({
    queryKey: ['job', jobId],
    queryFn: ({ signal }) => data(api.GET('/api/v1/jobs/{job_id}', { params: at(jobId), signal })),
    refetchInterval: (query) => (isGoing(query.state.data?.state) ? 5000 : false),
  })

export function useCancelJob() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (jobId: string) => data(api.POST('/api/v1/jobs/{job_id}/cancel', { params: at(jobId) })),
    onSuccess: (job) => {
      queries.setQueryData(jobQuery(job.id).queryKey, job)
      return queries.invalidateQueries({ queryKey: ['jobs'] })
    },
  })
}

/** Jobs that do again what this one did not manage. */
export const retriesQuery = (jobId: string) =>
  queryOptions({
    queryKey: ['jobs', 'retries', jobId],
    queryFn: async ({ signal }) =>
      (await data(api.GET('/api/v1/jobs', { params: { query: { retry_of: jobId, limit: 10 } }, signal }))).items,
  })

export function canRetry({ kind, state }: Job): boolean {
  return KINDS.includes(kind) && (state === 'failed' || state === 'cancelled' || state === 'lost')
}

export function useRetryJob() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (jobId: string) => data(api.POST('/api/v1/jobs/{job_id}/retry', { params: at(jobId) })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['jobs'] }),
  })
}
