/** Measures the built web UI against the server that the task on stdin names; ends with 1 if an aim is missed. */
import { text } from 'node:stream/consumers'

import { logIn, withBrowser, type Task } from './browser.ts'
import { measureCurves } from './curves.ts'
import { count, head } from './figures.ts'
import { measureFirstLoad, measurePage } from './lighthouse.ts'
import { measureTable } from './table.ts'

const task = JSON.parse(await text(process.stdin)) as Task
const [run = ''] = task.curves
const few = encodeURIComponent(JSON.stringify(task.curves.slice(0, 4)))
const PAGES = [
  ['home', '/'],
  ['run table', `/experiments/${task.experiment}`],
  ['run', `/runs/${run}`],
  ['compare', `/compare?runs=${few}`],
] as const

head()
await withBrowser(async (browser) => {
  const wants = (part: string) => task.parts.includes(part)
  if (wants('lighthouse')) {
    measureFirstLoad()
    await measurePage(browser, 'login', `${task.url}/login`, task.rounds)
  }
  await logIn(browser.context, task)
  if (wants('lighthouse')) for (const [name, path] of PAGES) await measurePage(browser, name, task.url + path, task.rounds)
  if (wants('table')) await measureTable(browser.context, task)
  if (wants('curves')) await measureCurves(browser.context, task)
})
process.exitCode = count() > 0 ? 1 : 0
