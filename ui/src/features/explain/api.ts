/** Explanations of model versions and of rows: asked once, made by a job, kept. */
import { queryOptions } from '@tanstack/react-query'

import { api, data, type Schema } from '@/api'

export type Explanation = Schema['Explanation']
export type ModelView = NonNullable<Explanation['model_view']>
export type ExplainedOutput = Schema['ExplainedOutput']
export type Contribution = Schema['Contribution']
export type ModelSlice = Schema['ModelSlice']
export type DependenceCurve = Schema['DependenceCurve']
export type SummaryColumn = Schema['SummaryColumn']
type Pending = Schema['ExplanationPending']
type Instance = Record<string, string | number | boolean | null>

/** A row of the data set by its number, or one that somebody typed. */
export type Asked = { row: number } | { instance: Instance }
export type Method = 'shap' | 'lime'

const WAIT_SECONDS = 20

export function isMade(answer: Explanation | Pending): answer is Explanation {
  return 'rows' in answer
}

/** While it is being made, each answer that is none asks again; the server keeps the question open meanwhile. */
const untilMade = {
  staleTime: Infinity,
  retry: false as const,
  // What has failed is not asked again and again: each question after a failure is a new attempt.
  refetchInterval: ({ state }: { state: { data?: Explanation | Pending | undefined; error: unknown } }) => (state.data && !isMade(state.data) && !state.error ? 500 : false),
}

export const modelExplanationQuery = (name: string, version: number) =>
  queryOptions({
    queryKey: ['explain', 'global', name, version],
    queryFn: ({ signal }) =>
      data<Explanation | Pending>(
        api.GET('/api/v1/explain/global/{model_id}', {
          params: { path: { model_id: name }, query: { version: String(version), wait: WAIT_SECONDS } },
          signal,
        }),
      ),
    ...untilMade,
  })

export const remake = (name: string, version: number) =>
  data<Explanation | Pending>(
    api.POST('/api/v1/explain/global/{model_id}', { params: { path: { model_id: name }, query: { version: String(version) } } }),
  )

export const rowExplanationQuery = (name: string, version: number, method: Method, asked: Asked) =>
  queryOptions({
    queryKey: ['explain', method, name, version, asked],
    queryFn: ({ signal }) => data(ask(name, version, method, asked, signal)),
    ...untilMade,
  })

type Answered = Promise<{ data?: Explanation | Pending; response: Response }>

function ask(name: string, version: number, method: Method, asked: Asked, signal: AbortSignal): Answered {
  const query = { wait: WAIT_SECONDS }
  if ('row' in asked) {
    return api.GET('/api/v1/explain/local/{model_id}/{instance_id}', {
      params: { path: { model_id: name, instance_id: String(asked.row) }, query: { ...query, version: String(version), method } },
      signal,
    })
  }
  const model_id = `${name}/${version}`
  if (method === 'lime') return api.POST('/api/v1/explain/lime', { params: { query }, body: { model_id, instance_data: asked.instance, seed: 0 }, signal })
  return api.POST('/api/v1/explain/shap', { params: { query }, body: { model_id, instance_data: asked.instance, seed: 0, explanation_type: 'local' }, signal })
}
