import { render } from '@testing-library/react'
import { expect, it } from 'vitest'

import { Markdown } from './components/Markdown'

it('shows what notes are written in', () => {
  const { container } = render(
    <Markdown text={'# Why\n\nSee **bold** and `code`\n- one\n- two\n\n```\na < b\n```\n[docs](https://example.org/a)'} />,
  )
  expect(container.querySelector('[role=heading]')?.textContent).toBe('Why')
  expect([...container.querySelectorAll('li')].map((item) => item.textContent)).toEqual(['one', 'two'])
  expect(container.querySelector('pre')?.textContent).toBe('a < b')
  expect(container.querySelector('a')?.getAttribute('href')).toBe('https://example.org/a')
})

it.each([
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '[x](javascript:alert(1))',
  '[x](data:text/html,<script>alert(1)</script>)',
  '**<svg onload=alert(1)>**',
  '`</code><script>alert(1)</script>`',
])('lets nothing of a note become markup: %s', (text) => {
  const { container } = render(<Markdown text={text} />)
  expect(container.querySelector('img, script, svg, iframe, [onload], [onerror]')).toBeNull()
  for (const link of container.querySelectorAll('a')) expect(link.protocol).toMatch(/^https?:$/)
})
