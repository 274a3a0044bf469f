import { render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'

import { Plane, ticks } from './Plane'

it('marks the axes at round numbers between their ends', () => {
  expect(ticks([0, 1])).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
  expect(ticks([-3.1, 47])).toEqual([0, 20, 40])
  expect(ticks([0.12, 0.13])).toEqual([0.12, 0.122, 0.124, 0.126, 0.128, 0.13])
})

it('names what it shows, and its lines where there are several', () => {
  const line = (name: string, colour: number) => ({ name, x: [0, 1], y: [0, 1], colour })
  render(<Plane label="ROC" xLabel="false" yLabel="true" series={[line('a', 0), line('b', 1)]} ends={{ x: [0, 1], y: [0, 1] }} />)
  expect(screen.getByRole('img', { name: 'ROC: true over false' })).toBeVisible()
  expect(screen.getByText('b')).toBeVisible()
})

it('draws a single point and none at all', () => {
  const { container } = render(<Plane label="p" xLabel="x" yLabel="y" series={[{ name: 'one', x: [5], y: [5], colour: 0, points: true }]} />)
  expect(container.querySelector('circle')).toHaveAttribute('cx')
  expect(container.innerHTML).not.toContain('NaN')
  const empty = render(<Plane label="p" xLabel="x" yLabel="y" series={[]} />)
  expect(empty.container.innerHTML).not.toContain('NaN')
})
