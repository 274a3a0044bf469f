/** Names of scores in words, and what is a sensible choice for a target. */
import type { Schema } from '@/api'
import { span } from '@/format'

export interface MetricChoice {
  value: string
  name: string
  /** When it is the right one. */
  why: string
}

const USUAL = { value: '', name: 'The usual one for the target' }

export const METRICS: Record<'classification' | 'regression', MetricChoice[]> = {
  classification: [
    { ...USUAL, why: 'Area under the ROC curve for two classes, log loss for more.' },
    { value: 'roc_auc', name: 'Area under the ROC curve', why: 'How well rows of the class are ranked above the others, whatever the threshold. 0.5 is chance, 1 perfect.' },
    { value: 'neg_log_loss', name: 'Log loss', why: 'How good the probabilities are: being sure and wrong costs most. 0 is perfect.' },
    { value: 'accuracy', name: 'Accuracy', why: 'The share of rows that are right. With a rare class, saying “never” looks good, too.' },
    { value: 'balanced_accuracy', name: 'Balanced accuracy', why: 'The share that is right, each class counting alike however rare it is.' },
    { value: 'f1_macro', name: 'F1 (macro)', why: 'Finding a class and being right about it in one figure, each class counting alike.' },
    { value: 'average_precision', name: 'Average precision', why: 'For a rare class that is to be found: how clean the top of the list is.' },
  ],
  regression: [
    { ...USUAL, why: 'Root mean squared error.' },
    { value: 'neg_root_mean_squared_error', name: 'Root mean squared error', why: 'In the unit of the target; far misses count most.' },
    { value: 'neg_mean_absolute_error', name: 'Mean absolute error', why: 'In the unit of the target; all misses count alike, outliers do not rule.' },
    { value: 'r2', name: 'R²', why: 'The share of the variation that is explained. 0 is no better than the mean, 1 perfect.' },
  ],
}

/** Errors are scored below zero, so that greater is better; people read them above. */
export function scoreOf(metric: string | null | undefined, score: number | null): number | null {
  return score !== null && metric?.startsWith('neg_') ? -score : score
}

/** What predictions take; a thousand of a small model need less than a millisecond. */
export function milliseconds(value: number): string {
  return value < 1 ? `${Number(value.toPrecision(1))} ms` : span(value / 1000)
}

export function metricName(metric: string): string {
  const found = [...METRICS.classification, ...METRICS.regression].find(({ value }) => value !== '' && value === metric)
  return found?.name ?? metric.replace(/^neg_/, '').replaceAll('_', ' ')
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

const USUAL_TARGET = /^(target|label|y|outcome|survived|churn(ed)?|price|fraud|default(ed)?)$/i

/** The column that is most likely meant: one with a usual name, else the last that can be predicted. */
export function likelyTarget(columns: Column[]): string {
  const possible = columns.filter(({ distinct, count, type }) => distinct > 1 && type !== 'text' && !(type === 'string' && distinct > count / 2))
  return (possible.find(({ name }) => USUAL_TARGET.test(name)) ?? possible.at(-1) ?? columns.at(-1))?.name ?? ''
}
