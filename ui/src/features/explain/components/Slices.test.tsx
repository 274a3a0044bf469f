import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'

import { SlicesCard } from './Slices'

const figure = (group: string, count: number, value: number | null) => ({
  group,
  count,
  value,
  low: value === null ? null : value - 0.1,
  high: value === null ? null : value + 0.1,
})
const slice = (column: string, metric: string, value: number) => ({
  column,
  metric,
  overall: figure('all rows', 120, value),
  groups: [figure('a', 100, value), figure('b', 20, null)],
  difference: null,
})

it('shows N and interval for each group, and no figure for one that is too small', async () => {
  render(<SlicesCard slices={[slice('sex', 'accuracy', 0.8), slice('sex', 'recall', 0.5), slice('town', 'accuracy', 0.7)]} />)
  const list = () => screen.getByRole('list', { name: / by / })
  expect(list()).toHaveAccessibleName('accuracy by sex')
  expect(screen.getAllByRole('img', { name: '0.8, between 0.7 and 0.9' })).toHaveLength(2)
  expect(screen.getByText(/Too few rows to say: b \(20\)/)).toBeVisible()

  await userEvent.selectOptions(screen.getByLabelText('Metric'), 'recall')
  expect(list()).toHaveAccessibleName('recall by sex')
  expect(list()).toHaveTextContent('0.5 (0.4 to 0.6)')
  await userEvent.selectOptions(screen.getByLabelText('Groups by'), 'town')
  expect(list()).toHaveAccessibleName('accuracy by town')
})
