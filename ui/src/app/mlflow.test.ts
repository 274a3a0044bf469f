import { describe, expect, it } from 'vitest'

import { placeInMlflow } from './mlflow'

describe('addresses that MLflow prints', () => {
  const run = '0198f1c5a1b27c3d8e4f5a6b7c8d9e0f'

  it.each([
    [`#/experiments/7/runs/${run}`, { to: '/runs/$runId', params: { runId: run } }],
    [`/experiments/7/runs/${run}/artifacts/model`, { to: '/runs/$runId', params: { runId: run } }],
    ['#/experiments/7', { to: '/experiments/$experimentId', params: { experimentId: '7' } }],
    ['#/experiments/7/runs', { to: '/experiments/$experimentId', params: { experimentId: '7' } }],
    [
      '/experiments/7/models/m-0?o=1',
      { to: '/experiments/$experimentId', params: { experimentId: '7' } },
    ],
    ['#/experiments', { to: '/experiments' }],
    ['#/models/churn/versions/3', { to: '/models/$name/$version', params: { name: 'churn', version: '3' } }],
    ['#/models/my%20model', { to: '/models/$name', params: { name: 'my model' } }],
    ['#/models', { to: '/models' }],
  ])('%s opens its page', (hash, place) => {
    expect(placeInMlflow(hash)).toEqual(place)
  })

  it.each(['', '#main', '#/', '#/prompts/p', '#/models/%zz'])('%j is left alone', (hash) => {
    expect(placeInMlflow(hash)).toBeUndefined()
  })
})
