import { beforeEach, expect, it } from 'vitest'

import { readVisits, remember } from './recent'

beforeEach(() => localStorage.clear())

it('remembers things once, the last one first, each tenant apart', () => {
  remember('acme', { path: '/runs/1', name: 'blue' })
  remember('acme', { path: '/models/churn', name: 'churn' })
  remember('acme', { path: '/runs/1', name: 'blue, renamed' })
  remember('other', { path: '/jobs/7', name: 'a job' })
  expect(readVisits('acme')).toEqual([
    { path: '/runs/1', name: 'blue, renamed' },
    { path: '/models/churn', name: 'churn' },
  ])
})

it('forgets pages that are no things, and what is too long ago', () => {
  for (const path of ['/', '/runs', '/automl/new', '/settings']) remember('acme', { path, name: 'x' })
  expect(readVisits('acme')).toEqual([])
  for (let number = 0; number < 20; number += 1) remember('acme', { path: `/runs/${number}`, name: 'x' })
  expect(readVisits('acme')).toHaveLength(8)
})

it.each(['not json', '{}', '[{"path":"javascript:alert(1)","name":"x"},{"path":"/runs/1"},null]'])('takes nothing from %s', (stored) => {
  localStorage.setItem('maestro.recent.acme', stored)
  expect(readVisits('acme')).toEqual([])
})
