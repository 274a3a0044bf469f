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

/** Whole numbers with at most this many values are classes; the engine draws the line there, too. */
const MAX_CLASSES = 20

/** What a search for this target would be, as far as the profile tells. */
export function taskOf(target: Column | undefined): 'classification' | 'regression' {
  if (!target) return 'classification'
  if (target.type !== 'float' && target.type !== 'integer') return 'classification'
  const whole = target.type === 'integer' || (target.top_values ?? []).every(({ value }) => Number.isInteger(value))
  const few = target.distinct <= 2 || (whole && target.distinct <= MAX_CLASSES && target.count >= 5 * target.distinct)
  return few ? 'classification' : 'regression'
}

/** Why it is that task, in a sentence. */
export function reasonFor(target: Column | undefined): string {
  if (!target) return ''
  const values = `${target.distinct_exact ? '' : 'about '}${target.distinct.toLocaleString('en-US')} different values`
  if (taskOf(target) === 'regression') return `Regression: ${target.type === 'float' ? `a number with fractions, ${values}` : `a whole number with ${values}, more than classes would have`}.`
  return `Classification: ${target.type === 'integer' || target.type === 'float' ? `a whole number with only ${values}` : `${values} of type ${target.type}`}.`
}

const USUAL = /^(target|label|y|outcome|survived|churn(ed)?|price|fraud|default(ed)?)$/i

/** The column that is most likely meant: one with a usual name, else the last that can be predicted. */
export function likelyTarget(columns: Column[]): string {
  const possible = columns.filter(({ distinct, count, type }) => distinct > 1 && type !== 'text' && !(type === 'string' && distinct > count / 2))
  return (possible.find(({ name }) => USUAL.test(name)) ?? possible.at(-1) ?? columns.at(-1))?.name ?? ''
}
