/** Names of scores in words, and what is a sensible choice for a target. */
import type { Schema } from '@/api'

export const METRICS: Record<'classification' | 'regression', [string, string][]> = {
  classification: [
    ['', 'The usual one for the target'],
    ['roc_auc', 'Area under the ROC curve'],
    ['neg_log_loss', 'Log loss'],
    ['accuracy', 'Accuracy'],
    ['balanced_accuracy', 'Balanced accuracy'],
    ['f1_macro', 'F1 (macro)'],
    ['average_precision', 'Average precision'],
  ],
  regression: [
    ['', 'The usual one for the target'],
    ['neg_root_mean_squared_error', 'Root mean squared error'],
    ['neg_mean_absolute_error', 'Mean absolute error'],
    ['r2', 'R²'],
  ],
}

/** Errors are scored below zero, so that greater is better; people read them above. */
export function scoreOf(metric: string | null | undefined, score: number | null): number | null {
  return score !== null && metric?.startsWith('neg_') ? -score : score
}

export function metricName(metric: string): string {
  const found = [...METRICS.classification, ...METRICS.regression].find(([value]) => value === metric)
  return found?.[1] ?? metric.replace(/^neg_/, '').replaceAll('_', ' ')
}

type Column = Schema['ColumnProfile']

/** What a search for this target would be, as far as the profile tells. */
export function taskOf(target: Column | undefined): 'classification' | 'regression' {
  if (!target) return 'classification'
  const numeric = target.type === 'float' || (target.type === 'integer' && target.distinct > 20)
  return numeric ? 'regression' : 'classification'
}

const USUAL = /^(target|label|y|outcome|survived|churn(ed)?|price|fraud|default(ed)?)$/i

/** The column that is most likely meant: one with a usual name, else the last that can be predicted. */
export function likelyTarget(columns: Column[]): string {
  const possible = columns.filter(({ distinct, count, type }) => distinct > 1 && type !== 'text' && !(type === 'string' && distinct > count / 2))
  return (possible.find(({ name }) => USUAL.test(name)) ?? possible.at(-1) ?? columns.at(-1))?.name ?? ''
}
