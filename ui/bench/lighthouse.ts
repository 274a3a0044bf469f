/** Lighthouse's scores of a page, and what a browser loads before it shows anything. */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

import lighthouse, { desktopConfig, type Config, type Flags, type Result } from 'lighthouse'

import { firstLoad } from '../tools/first-load.mjs'
import type { Browser } from './browser.ts'
import { atLeast, atMost, median } from './figures.ts'

const FORMS = [
  { form: 'desktop', config: desktopConfig, performance: 95, paint: 1.0 },
  { form: 'phone', config: undefined, performance: 88, paint: 2.9 },
] as const

export function measureFirstLoad(): void {
  const bytes = firstLoad.map((path) => gzipSync(readFileSync(new URL(`../${path}`, import.meta.url)), { level: 9 }).length)
  atMost('scripts of the first load, gzip', bytes.reduce((sum, each) => sum + each, 0) / 1000, 200, 'kB')
}

/** The median of `rounds` runs on `url`, as desktop and as simulated phone. */
export async function measurePage(browser: Browser, name: string, url: string, rounds: number): Promise<void> {
  for (const { form, config, performance, paint } of FORMS) {
    const results: Result[] = []
    while (results.length < rounds) results.push(await measured(browser, url, config))
    const score = (category: string) => 100 * median(results.map(({ categories }) => categories[category]?.score ?? 0))
    const seconds = median(results.map(({ audits }) => audits['largest-contentful-paint']?.numericValue ?? Infinity)) / 1000
    atLeast(`${name}, ${form}: performance`, score('performance'), performance)
    atMost(`${name}, ${form}: largest contentful paint`, seconds, paint, 's')
    atLeast(`${name}, ${form}: accessibility`, score('accessibility'), 100)
    atLeast(`${name}, ${form}: best practices`, score('best-practices'), 95)
    tellTimes(results)
    tellFailures(results)
  }
}

const ATTEMPTS = 3

/** Lighthouse loses the start of a page now and then, and says itself that one should run it again. */
async function measured(browser: Browser, url: string, config: Config | undefined): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    const flags: Flags = { port: browser.debuggingPort, logLevel: 'silent', onlyCategories: ['performance', 'accessibility', 'best-practices'] }
    const lhr = (await lighthouse(url, flags, config))?.lhr
    if (lhr && !lhr.runtimeError) return lhr
    if (attempt === ATTEMPTS) throw new Error(`${url}: ${lhr?.runtimeError?.message}`)
  }
}

/** What the performance is made of. */
function tellTimes(results: Result[]): void {
  const middle = (id: string) => median(results.map(({ audits }) => audits[id]?.numericValue ?? Number.NaN))
  const times = [['first paint', 'first-contentful-paint'], ['speed index', 'speed-index'], ['blocked', 'total-blocking-time']] as const
  const told = times.map(([name, id]) => `${name} ${Math.round(middle(id))} ms`)
  process.stdout.write(`    ${told.join(', ')}, layout shift ${middle('cumulative-layout-shift').toFixed(3)}\n`)
}

/** What cost points in accessibility and best practices, so that nobody has to run it again to know. */
function tellFailures(results: Result[]): void {
  const last = results.at(-1)
  for (const category of ['accessibility', 'best-practices']) {
    for (const { id, weight } of last?.categories[category]?.auditRefs ?? []) {
      const audit = last?.audits[id]
      if (weight > 0 && audit?.score === 0) process.stdout.write(`    ${id}: ${audit.title} ${JSON.stringify(audit.details ?? '').slice(0, 600)}\n`)
    }
  }
}
