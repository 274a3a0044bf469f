/** The run table with many runs: from a filter to its rows, scrolling, and flinging to any place. */
import type { BrowserContext, Page } from '@playwright/test'

import { withPage, type Task } from './browser.ts'
import { atLeast, atMost, quantile } from './figures.ts'

const FIRST_ROW = '[aria-rowindex="2"] a'
const MODELS = ['lgbm', 'xgb', 'rf']
const PLACES = [0.5, 0.9, 0.1, 0.99, 0.3, 0.7, 0.02, 0.6]

export async function measureTable(context: BrowserContext, task: Task): Promise<void> {
  await withPage(context, `${task.url}/experiments/${task.experiment}`, async (page) => {
    await page.locator(FIRST_ROW).waitFor()
    await page.evaluate(define)
    const waits: number[] = []
    for (let round = 0; round < 10 * task.rounds; round += 1) waits.push(await filter(page, round))
    atMost('filter → rows on screen, P95', quantile(waits, 0.95), 300, 'ms')
    await page.getByRole('combobox', { name: 'Filter of runs' }).fill('')
    // Until it is known how many runs there are, there is nothing to scroll to.
    await page.getByText(`of ${task.runs.toLocaleString('en-US')} runs`).waitFor()
    await scroll(page, task.runs)
  })
}

/** Milliseconds from the last key to the frame with another first row; no two filters in turn share it. */
async function filter(page: Page, round: number): Promise<number> {
  const input = page.getByRole('combobox', { name: 'Filter of runs' })
  const before = await page.locator(FIRST_ROW).getAttribute('href')
  const model = MODELS[round % MODELS.length]
  await page.evaluate(() => window.bench.mark())
  await input.fill(`params.model = '${model}' and metrics.accuracy > ${(0.6 + (round % 7) / 20).toFixed(2)}`)
  return page.evaluate((href) => window.bench.untilRowIsNot(href), before)
}

async function scroll(page: Page, runs: number): Promise<void> {
  const rows = await page.evaluate(() => window.bench.rows())
  atLeast('rows that the table can be scrolled to', rows, runs)
  for (const [told, pixels] of [['gently', 60], ['fast', 400]] as const) {
    const frames = await page.evaluate((step) => window.bench.framesWhileScrolling(step, 3000), pixels)
    atLeast(`scrolling ${told}, ${pixels} px a frame`, frames, 55, 'frames/s')
  }
  const waits: number[] = []
  for (const place of PLACES) waits.push(await page.evaluate((part) => window.bench.fling(part, 5000), place))
  atMost('a fling to any place → rows on screen, slowest', Math.max(...waits), 500, 'ms')
}

interface Bench {
  mark: () => void
  untilRowIsNot: (href: string | null) => Promise<number>
  rows: () => number
  framesWhileScrolling: (pixels: number, milliseconds: number) => Promise<number>
  fling: (part: number, deadline: number) => Promise<number>
}

declare global {
  interface Window {
    bench: Bench
  }
}

/** What runs in the page itself, so that nothing but the page is in the times. */
function define(): void {
  const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))
  const grid = () => {
    const found = document.querySelector('[role="table"][aria-label="Runs"], [role="grid"][aria-label="Runs"]')
    if (!(found instanceof HTMLElement)) throw new Error('There is no table of runs.')
    return found
  }
  const rowHeight = () => document.querySelector('[aria-rowindex="2"]')?.getBoundingClientRect().height ?? 36
  const firstRow = () => document.querySelector('[aria-rowindex="2"] a')?.getAttribute('href') ?? null
  let began = 0
  window.bench = {
    mark: () => {
      began = 0
      document.addEventListener('input', () => (began = performance.now()), { once: true, capture: true })
    },
    untilRowIsNot: async (href) => {
      began ||= performance.now()
      while ((firstRow() === href || firstRow() === null) && performance.now() - began < 5000) await frame()
      await frame()
      return performance.now() - began
    },
    rows: () => Math.floor(grid().scrollHeight / rowHeight()),
    framesWhileScrolling: async (pixels, milliseconds) => {
      const box = grid()
      box.scrollTop = 0
      const start = await frame()
      let frames = 0
      let now = start
      while (now - start < milliseconds) {
        box.scrollTop += pixels
        now = await frame()
        frames += 1
      }
      return (1000 * frames) / (now - start)
    },
    fling: async (part, deadline) => {
      const box = grid()
      const start = performance.now()
      box.scrollTop = part * (box.scrollHeight - box.clientHeight)
      const shown = () => {
        const { top, bottom } = box.getBoundingClientRect()
        const inside = [...box.querySelectorAll('[role="row"][aria-rowindex]:not([aria-rowindex="1"])')].filter((row) => {
          const place = row.getBoundingClientRect()
          return place.bottom > top + 2 * rowHeight() && place.top < bottom - rowHeight()
        })
        return inside.length >= 5 && inside.every((row) => row.querySelector('a[href*="/runs/"]'))
      }
      do await frame()
      while (!shown() && performance.now() - start < deadline)
      return shown() ? performance.now() - start : Infinity
    },
  }
}
