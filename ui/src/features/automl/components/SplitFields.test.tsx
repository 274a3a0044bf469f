import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'

import { SplitFields } from './SplitFields'

const COLUMNS = [
  { name: 'shop', type: 'categorical' },
  { name: 'day', type: 'date' },
]

function fields() {
  render(
    <form aria-label="search">
      <SplitFields columns={COLUMNS} />
    </form>,
  )
  const form = screen.getByRole<HTMLFormElement>('form')
  return () => Object.fromEntries(new FormData(form))
}

it('asks for no column while rows are held back at random', () => {
  expect(fields()()).toEqual({})
  expect(screen.queryByText('Groups are in')).toBeNull()
})

it('offers the dates when the latest rows check, and the rest for groups', async () => {
  const sent = fields()
  const split = screen.getByLabelText(/Check models on/)
  await userEvent.selectOptions(split, 'time')
  expect(sent()).toEqual({ time_column: 'day' })
  await userEvent.selectOptions(split, 'group')
  expect(sent()).toEqual({ group_column: 'shop' })
})
