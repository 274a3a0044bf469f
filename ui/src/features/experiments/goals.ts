/** Which direction is better for a metric: as somebody chose, or as its name tells. */
import type { Goal } from './search'

// Errors, losses and durations; everything else is the better the higher it is.
const LOWER = /loss|error|(^|[^a-z])(err|mae|mse|rmse|mape|smape|rmsle|fpr|fnr|wer|cer|fid|nll|bpc|time|ms)($|[^a-z])|latency|perplexity|duration|deviance|entropy|divergence|seconds|distance/i

export function goalOf(key: string, chosen: Record<string, Goal> | undefined): Goal {
  return chosen?.[key] ?? (LOWER.test(key) ? 'min' : 'max')
}
