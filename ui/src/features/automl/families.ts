/** Families of models: their names in words, and the colour that each keeps on every page. */

const NAMES: Record<string, string> = {
  lightgbm: 'LightGBM',
  catboost: 'CatBoost',
  xgboost: 'XGBoost',
  forest: 'Forests',
  linear: 'Linear models',
  network: 'Neural networks',
  svm: 'Support vectors',
  neighbours: 'Neighbours',
  baseline: 'Constant',
  ensemble: 'Ensemble',
  stack: 'Stacked',
}

const COLOURED = ['lightgbm', 'catboost', 'xgboost', 'forest', 'linear', 'network', 'svm', 'neighbours', 'stack']

export function familyName(family: string): string {
  return NAMES[family] ?? family
}

/** The place of its colour among the chart's, from 1 on; 0 is grey, and behind the last comes the text's. */
export function familyColour(family: string): number {
  return COLOURED.indexOf(family) + 1
}
