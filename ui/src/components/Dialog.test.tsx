import { render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'

import { ConfirmDelete, Toasts } from '.'

function show(remove: () => Promise<number>) {
  const [onGone, onClose] = [vi.fn<(answer: number) => void>(), vi.fn<() => void>()]
  render(
    <>
      <ConfirmDelete open onClose={onClose} name="churn" told="For good." remove={remove} onGone={onGone} />
      <Toasts />
    </>,
  )
  return { onGone, onClose }
}

it('deletes after a yes, and hands on the answer', async () => {
  const { onGone, onClose } = show(() => Promise.resolve(7))
  await userEvent.click(await screen.findByRole('button', { name: 'Delete' }))
  await waitFor(() => expect(onGone).toHaveBeenCalledWith(7))
  expect(onClose).toHaveBeenCalled()
})

it('tells a refusal, closes, and goes nowhere', async () => {
  const { onGone, onClose } = show(() => Promise.reject(new Error('A deployment serves it.')))
  await userEvent.click(await screen.findByRole('button', { name: 'Delete' }))
  expect(await screen.findByText(/A deployment serves it/)).toBeVisible()
  expect(onClose).toHaveBeenCalled()
  expect(onGone).not.toHaveBeenCalled()
})

it('lets one keep it', async () => {
  const remove = vi.fn<() => Promise<number>>()
  const { onClose } = show(remove)
  await userEvent.click(await screen.findByRole('button', { name: 'Keep it' }))
  expect(onClose).toHaveBeenCalled()
  expect(remove).not.toHaveBeenCalled()
})
