/** Background work: jobs and what they print. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, data, pageOf, type Schema } from '@/api'

export type Job = Schema['Job']
export type JobState = Schema['JobState']

const at = (job_id: string) => ({ path: { job_id } })

export function isGoing(state: JobState | undefined): boolean {
  return state === 'queued' || state === 'running'
}

export const jobsQuery = (options: { state?: JobState; limit?: number } = {}) =>
  infiniteQueryOptions({
    queryKey: ['jobs', options.state ?? 'any', options.limit ?? 100],
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
