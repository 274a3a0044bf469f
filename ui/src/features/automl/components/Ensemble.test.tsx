import { render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'

import type { Entry, Results } from '../api'
import { Ensemble } from './Ensemble'

const entry = (name: string, family: string, weight: number, score: number, params: Entry['params'] = {}): Entry => ({
  rank: 1, name, family, score, standard_error: 0.001, fit_seconds: 1, predict_ms_per_1000: 10, memory_mb: 0, size_bytes: 10,
  status: family === 'ensemble' ? 'final' : weight > 0 ? 'member' : 'evaluated', weight, params, run_id: null,
})

function show(leaderboard: Entry[]) {
  render(<Ensemble results={{ leaderboard, metric: 'roc_auc' } as Results} />)
  return screen.getAllByRole('listitem').map(({ textContent }) => textContent)
}

const reads = { reads: ['catboost-d6', 'linear'] }

it('tells in a member’s line what it reads, and what is asked without a weight', () => {
  const lines = show([entry('ensemble', 'ensemble', 1, 0.9), entry('stack-lightgbm', 'stack', 0.3, 0.88, reads), entry('catboost-d6', 'catboost', 0.7, 0.87), entry('linear', 'linear', 0, 0.8)])
  expect(lines).toEqual(['70 %catboost-d6 CatBoost0.87', '30 %stack-lightgbm reads the predictions of 2 othersStacked0.88'])
  expect(screen.getByText('1 model without a weight is asked as well, for what is read of it.')).toBeVisible()
  expect(screen.getByText(/Together 0.9; the best alone, catboost-d6, has 0.87/)).toBeVisible()
})

it('compares a single stacked winner with the best that needs no other', () => {
  expect(show([entry('ensemble', 'ensemble', 1, 0.9), entry('stack-extra-trees', 'stack', 1, 0.9, reads), entry('catboost-d6', 'catboost', 0, 0.87), entry('linear', 'linear', 0, 0.8)])).toEqual(['100 %stack-extra-trees reads the predictions of 2 othersStacked0.9'])
  expect(screen.getByRole('region', { name: 'The winner is stacked' })).toBeVisible()
  expect(screen.getByText('2 models without a weight are asked as well, for what is read of them.')).toBeVisible()
  expect(screen.getByText(/the best alone, catboost-d6, has 0.87\./)).toBeVisible()
})
