import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { expect, it } from 'vitest'

import { SplitFields, type Split } from './SplitFields'

const COLUMNS = [
  { name: 'shop', type: 'categorical' },
  { name: 'day', type: 'date' },
]

function Fields() {
  const [split, setSplit] = useState<Split>({})
  return (
    <>
      <SplitFields columns={COLUMNS} split={split} wrong={null} onChange={setSplit} />
      <output>{JSON.stringify(split)}</output>
    </>
  )
}

it('asks for no column while rows are held back at random', () => {
  render(<Fields />)
  expect(screen.getByRole('status')).toHaveTextContent('{}')
  expect(screen.queryByText('Groups are in')).toBeNull()
})

it('offers the dates when the latest rows check, and the rest for groups', async () => {
  render(<Fields />)
  const split = screen.getByLabelText(/Check models on/)
  await userEvent.selectOptions(split, 'time')
  expect(screen.getByRole('status')).toHaveTextContent('{"time":"day"}')
  await userEvent.selectOptions(split, 'group')
  expect(screen.getByRole('status')).toHaveTextContent('{"group":"shop"}')
})
