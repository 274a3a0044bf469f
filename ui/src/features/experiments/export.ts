/** The whole table as a file: the server writes it, this saves it. */
import { address, authorized, refusal } from '@/api'

import { filterOf } from './api'
import type { RunTableSearch } from './search'

export type FileFormat = 'csv' | 'parquet'

/** Saves every run that the table finds; with `columns` those alone. */
export async function saveTable(experimentId: string, name: string, search: RunTableSearch, format: FileFormat, columns: string[]) {
  const body = JSON.stringify({
    ...filterOf(search),
    experiment_ids: [Number(experimentId)],
    columns: columns.filter((id) => /^(metrics|params|tags)\./.test(id)),
    format,
  })
  const request = new Request(address('/api/v1/runs/export'), { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })
  const answer = await authorized(request)
  if (!answer.ok) throw await refusal(answer)
  const url = URL.createObjectURL(await answer.blob())
  Object.assign(document.createElement('a'), { href: url, download: `${name}.${format}` }).click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
