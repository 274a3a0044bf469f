import { render, waitFor } from '@testing-library/react'
import axe from 'axe-core'
import { expect, it } from 'vitest'

import { Stage } from './Stage'
import { STORIES } from './stories'

it('has stories of most shared components', () => {
  expect(new Set(STORIES.map(({ name }) => name.split(' / ')[0])).size).toBeGreaterThan(6)
})

it.each(STORIES)('shows, accessibly: $name', async ({ Story }) => {
  const { container } = render(<Stage Story={Story} />)
  await waitFor(() => expect(container).not.toBeEmptyDOMElement())
  // Colours are for a browser to judge, and so is where on a page this stands.
  const rules = { 'color-contrast': { enabled: false }, region: { enabled: false } }
  const { violations } = await axe.run(container, { rules })
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
})
