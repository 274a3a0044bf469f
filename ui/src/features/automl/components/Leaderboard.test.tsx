import { render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { expect, it } from 'vitest'

import type { BoardSearch } from '../search'
import { liveTrials, type Trial } from '../trials'
import { Leaderboard } from './Leaderboard'

const trial = (name: string, family: string, score: number, fitSeconds: number): Trial => ({
  name,
  family,
  score,
  error: 0.01,
  fitSeconds,
  at: fitSeconds,
  params: { depth: 6 },
  entry: { rank: 1, name, family, score, standard_error: 0.01, fit_seconds: fitSeconds, predict_ms_per_1000: 1, memory_mb: 0, size_bytes: 10, status: 'evaluated', weight: 0, params: { depth: 6 }, run_id: null },
})

function Board({ trials, live = false }: { trials: Trial[]; live?: boolean }) {
  const [search, setSearch] = useState<BoardSearch>({})
  return <Leaderboard title="Leaderboard" trials={trials} metric="roc_auc" live={live} search={search} onSearch={setSearch} />
}

const names = () => within(screen.getByRole('table')).getAllByRole('row').slice(1).map((row) => row.textContent?.match(/[a-z]+-\d/)?.[0])

const THREE = [trial('forest-1', 'forest', 0.9, 9), trial('linear-1', 'linear', 0.8, 1), trial('linear-2', 'linear', 0.7, 4)]

it('sorts by its heads, filters by family and shows parameters', async () => {
  render(<Board trials={THREE} />)
  expect(names()).toEqual(['forest-1', 'linear-1', 'linear-2'])
  await userEvent.click(screen.getByRole('button', { name: 'Fit' }))
  expect(names()).toEqual(['linear-1', 'linear-2', 'forest-1'])
  await userEvent.selectOptions(screen.getByLabelText('Family'), 'linear')
  expect(names()).toEqual(['linear-1', 'linear-2'])
  await userEvent.click(screen.getByRole('button', { name: 'linear-2: parameters' }))
  expect(screen.getByText('depth')).toBeVisible()
})

it('shows few of many until more are asked for', async () => {
  render(<Board trials={Array.from({ length: 500 }, (_, index) => trial(`forest-${index}`, 'forest', index, 1))} />)
  expect(names()).toHaveLength(15)
  await userEvent.click(screen.getByRole('button', { name: 'Show 100 more' }))
  expect(names()).toHaveLength(115)
})

it('keeps its order while somebody reads, and catches up afterwards', async () => {
  const { rerender } = render(<Board trials={THREE.slice(1)} live />)
  await userEvent.hover(screen.getByText('linear-1'))
  rerender(<Board trials={THREE} live />)
  expect(names()).toEqual(['linear-1', 'linear-2'])
  expect(screen.getByText('1 more when you look away')).toBeVisible()
  await userEvent.unhover(screen.getByText('linear-1'))
  expect(names()).toEqual(['forest-1', 'linear-1', 'linear-2'])
})

it('tells which predictions a stacked model reads beside its parameters', async () => {
  render(<Board trials={[{ ...trial('stack-1', 'stack', 0.91, 1), params: { depth: 6, reads: ['forest-1', 'linear-1'] } }, ...THREE]} />)
  await userEvent.click(screen.getByRole('button', { name: 'stack-1: parameters' }))
  const read = screen.getByRole('list', { name: 'Reads the predictions of' })
  expect(within(read).getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual(['forest-1', 'linear-1'])
  expect(screen.getByText('depth')).toBeVisible()
  expect(screen.queryByText('reads')).toBeNull()
})

it('shows what a trial is made of while the search goes on, and nothing where that was not kept', async () => {
  const found = [{ name: 'forest-1', family: 'forest', score: 0.9, at: 3, params: { trees: 100 } }, { name: 'linear-1', family: 'linear', score: 0.8 }]
  render(<Board live trials={liveTrials({ leaderboard: found })} />)
  await userEvent.click(screen.getByRole('button', { name: 'forest-1: parameters' }))
  expect(screen.getByText('trees')).toBeVisible()
  expect(screen.getByText('3.0 s after the start')).toBeVisible()
  expect(screen.queryByText('Predict 1,000 rows')).toBeNull()
  expect(screen.getByRole('button', { name: 'linear-1: parameters' })).toBeDisabled()
})
