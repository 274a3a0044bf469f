import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'

import { address } from '@/api'

import { RowAnswer } from './RowAnswer'

const PENDING = { id: 'e', job_id: 'j', status: 'running', location: '/' }
const MADE = {
  method: 'tree',
  space: 'value',
  background_rows: 100,
  dataset: 'houses@1',
  rows: [{ instance: { area: 90 }, chosen: 'prediction', outputs: [{ output: 'prediction', base: 10, prediction: 12, contributions: [{ column: 'area', value: 90, effect: 2, error: null, rule: null }] }] }],
}
const FAILED = { code: 'explain.failed', title: 'Not now', status: 409, detail: 'The explanation could not be made: the worker went away.' }

const asked: number[] = []
let answers: [number, object][] = []
const server = setupServer(
  http.post(address('/api/v1/explain/shap'), () => {
    const [status, body] = answers[Math.min(asked.length, answers.length - 1)] ?? [500, {}]
    asked.push(status)
    return HttpResponse.json(body, { status })
  }),
)

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => asked.splice(0))
afterAll(() => server.close())

function show() {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <RowAnswer name="houses" version={1} method="shap" asked={{ instance: { area: 90 } }} output={undefined} named={(output) => (output === 'prediction' ? 'price' : output)} />
    </QueryClientProvider>,
  )
}

it('waits until it is made, and calls a number by the target', async () => {
  answers = [[202, PENDING], [200, MADE]]
  show()
  expect(await screen.findByRole('list', { name: 'What speaks for price' })).toHaveTextContent('On average10area = 90+2price12')
  expect(screen.getByText('Compared with 100 rows of houses@1; exact.')).toBeVisible()
})

it('says why it failed, and is asked for again by a button alone', async () => {
  answers = [[202, PENDING], [409, FAILED], [200, MADE]]
  show()
  expect(await screen.findByText(/the worker went away/)).toBeVisible()
  expect(asked).toEqual([202, 409])
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('list', { name: 'What speaks for price' })).toBeVisible()
})
