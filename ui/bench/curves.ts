/** Many long curves in one chart: from asking for their points to the picture. */
import type { BrowserContext } from '@playwright/test'

import { withPage, type Task } from './browser.ts'
import { atMost, median, told } from './figures.ts'

interface Times {
  asked: number
  answered: number
  drawn: number
}

declare global {
  interface Window {
    lastStroke: number
  }
}

export async function measureCurves(context: BrowserContext, task: Task): Promise<void> {
  const runs = encodeURIComponent(JSON.stringify(task.curves))
  const all: Times[] = []
  for (let round = 0; round < 2 * task.rounds; round += 1) all.push(await draw(context, `${task.url}/compare?runs=${runs}`))
  atMost(`${task.curves.length} curves of 100,000 points: asked for → drawn`, median(all.map((times) => times.drawn - times.asked)), 300, 'ms')
  told('… from when their points are here', median(all.map((times) => times.drawn - times.answered)), 'ms')
}

/** When the points were asked for and there, and when the last line was put on the canvas, in ms. */
async function draw(context: BrowserContext, url: string): Promise<Times> {
  return withPage(context, 'about:blank', async (page) => {
    await page.addInitScript(() => {
      const stroke = CanvasRenderingContext2D.prototype.stroke
      window.lastStroke = 0
      CanvasRenderingContext2D.prototype.stroke = function (...path: [] | [Path2D]) {
        Reflect.apply(stroke, this, path)
        // Other charts of the page have a canvas, too.
        if (this.canvas.closest('.uplot')) requestAnimationFrame(() => (window.lastStroke = performance.now()))
      }
    })
    await page.goto(url)
    await page.locator('.uplot canvas').first().waitFor()
    await page.waitForLoadState('networkidle')
    return page.evaluate(() => {
      const points = performance.getEntriesByType('resource').filter(
        (entry) => entry instanceof PerformanceResourceTiming && entry.initiatorType === 'fetch' && /metrics|histor|curves/.test(entry.name),
      )
      if (points.length === 0) throw new Error('No request brought points.')
      return {
        asked: Math.min(...points.map(({ startTime }) => startTime)),
        answered: Math.max(...points.map((entry) => (entry as PerformanceResourceTiming).responseEnd)),
        drawn: window.lastStroke,
      }
    })
  })
}
