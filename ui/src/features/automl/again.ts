import type { Request } from './api'
import type { AutomlSearch } from './search'

/** The form of a new search, filled with what an earlier one was asked for. */
export function againWith(request: Request): AutomlSearch {
  const { dataset_id: dataset, target, task_type: task, metric, time_budget: budget, group_column: group, time_column: time, model_name: model, warm_start: warm, refine } = request
  return {
    dataset,
    target,
    ...(task && task !== 'auto' && { task: task === 'regression' ? 'regression' : 'classification' }),
    ...(metric && { metric }),
    ...(budget && { budget: Math.min(budget, 86_400) }),
    ...(group && { group }),
    ...(time && { time }),
    ...(model && { model }),
    ...(warm === false && { memory: false as const }),
    ...(refine && { refine: true as const }),
  }
}
