import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'

import type { Request } from '../api'
import { Skipped } from './Skipped'

it('tells about what a first look promises in the words of the measure, the best first', async () => {
  const looked = (name: string, expected: number) => ({ name, family: 'forest', reason: `it scored ${expected} on 1 of 5 folds, others promised more, and the time budget was used up`, expected })
  const entries = [looked('forest-1', -0.43219), looked('forest-2', -0.39001), { name: 'svm-1', family: 'svm', reason: 'the search was stopped' }]
  render(<Skipped entries={entries} request={{} as Request} metric="neg_log_loss" />)
  await userEvent.click(screen.getByText('Looked at, others promised more'))
  expect(screen.getByText(/^Looked at on a part of the folds; beside each/)).toBeVisible()
  expect(screen.getAllByRole('listitem').map(({ textContent }) => textContent).filter((text) => text?.includes('about'))).toEqual(['Forestsforest-2about 0.39', 'Forestsforest-1about 0.432'])
})
