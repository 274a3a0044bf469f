import { createMemoryHistory, createRootRoute, createRouter, RouterContextProvider } from '@tanstack/react-router'
import { render, screen } from '@testing-library/react'
import type { ComponentProps } from 'react'
import { expect, it } from 'vitest'

import { Start } from './Start'

function show(props: ComponentProps<typeof Start>) {
  const router = createRouter({ routeTree: createRootRoute(), history: createMemoryHistory() })
  render(
    <RouterContextProvider router={router as never}>
      <Start {...props} />
    </RouterContextProvider>,
  )
}

const start = { source: 'history' as const, note: 'It began with 2 that did best on similar tables.', reasons: [], past_searches: 9, eligible: true, arm: 'warm' as const, propensity: 0.85 }
const tasks = [{ key: '1', name: 'churn of customers@3', similarity: 0.81, regret: 0 }, { key: '2', name: 'titanic', similarity: 0.4, regret: 0.12 }]

it('names the tasks that speak for a candidate, how alike they are and what it had there', () => {
  const trials = [{ name: 'catboost-d6', family: 'catboost', score: 0.84, error: null, fitSeconds: 1, at: 1, params: null, entry: null }]
  show({ start: { ...start, reasons: [{ candidate: 'catboost-d6', tasks }] }, trials, metric: 'roc_auc' })
  expect(screen.getByText('here 0.84, place 1 of 1')).toBeVisible()
  expect(screen.getByRole('list', { name: 'Tasks that speak for catboost-d6' })).toHaveTextContent('churn of customers@30.81the best theretitanic0.4088 % of the best')
  expect(screen.getByText(/Drawn to begin with what 9 earlier searches found, as 85 %/)).toBeVisible()
})

it('says that it was drawn to begin without the memory', () => {
  show({ start: { ...start, source: 'public', arm: 'cold', propensity: 0.15 }, trials: [], metric: 'roc_auc' })
  expect(screen.getByText(/15 % of the searches begin without the memory, drawn at random/)).toBeVisible()
})

it('leaves it to the note why nothing was drawn', () => {
  show({ start: { ...start, source: 'public', note: 'Your team has 2 past searches.', arm: null, propensity: null }, trials: [], metric: 'roc_auc' })
  expect(screen.getByText('Your team has 2 past searches.')).toBeVisible()
  expect(screen.queryByText(/rawn/)).toBeNull()
})
