import { Link } from '@tanstack/react-router'

import { Card, Chip, Chips, Table, type Column } from '@/components'
import { bytes, metric, span } from '@/format'

import type { Entry, Progress } from '../api'
import { scoreOf } from '../metrics'

/** The leaderboard while the search goes on. */
export function LiveBoard({ search }: { search: Progress }) {
  const score = (value: number | null | undefined) => metric(scoreOf(search.metric, value ?? null))
  return (
    <Card title="Leaderboard so far" flush>
      <Table
        label="Leaderboard so far"
        columns={[
          { header: 'Rank', tight: true, cell: ({ rank }) => rank },
          { header: 'Configuration', cell: ({ name }) => name },
          { header: 'Family', wide: true, cell: ({ family }) => family },
          { header: 'Score', number: true, cell: (entry) => <Scored value={score(entry.score)} error={entry.standard_error} /> },
          { header: 'Fit', number: true, wide: true, cell: ({ fit_seconds }) => (typeof fit_seconds === 'number' ? span(fit_seconds) : '–') },
          { header: 'Done after', number: true, wide: true, cell: ({ at }) => (typeof at === 'number' ? span(at) : '–') },
        ]}
        rows={search.leaderboard.map((entry, index) => ({ ...entry, rank: index + 1 }))}
        rowKey={({ name }) => name}
      />
    </Card>
  )
}

/** Everything that was tried. */
export function FinalBoard({ entries, metric: name }: { entries: Entry[]; metric: string }) {
  return (
    <Card title={`Leaderboard · ${entries.length}`} flush>
      <Table label="Leaderboard" columns={columnsFor(name)} rows={entries} rowKey={({ rank, name: each }) => `${rank} ${each}`} />
    </Card>
  )
}

function columnsFor(name: string): Column<Entry>[] {
  return [
    { header: 'Rank', tight: true, cell: ({ rank }) => rank },
    {
      header: 'Configuration',
      cell: ({ name: each, run_id, status, weight }) => (
        <Chips>
          {run_id ? <Link to="/runs/$runId" params={{ runId: run_id }}>{each}</Link> : each}
          {status === 'final' && <Chip strong>winner</Chip>}
          {weight > 0 && weight < 1 && <Chip title="Its weight in the ensemble">{`${Math.round(weight * 100)} % of the ensemble`}</Chip>}
        </Chips>
      ),
    },
    { header: 'Family', wide: true, cell: ({ family }) => family },
    { header: 'Score', number: true, cell: (entry) => <Scored value={metric(scoreOf(name, entry.score))} error={entry.standard_error} /> },
    { header: 'Fit', number: true, wide: true, cell: ({ fit_seconds }) => span(fit_seconds) },
    { header: 'ms per 1,000', number: true, wide: true, cell: ({ predict_ms_per_1000 }) => metric(predict_ms_per_1000) },
    { header: 'Size', number: true, wide: true, cell: ({ size_bytes }) => bytes(size_bytes) },
  ]
}

function Scored({ value, error }: { value: string; error: number | null | undefined }) {
  return (
    <>
      {value}
      {typeof error === 'number' && ` ± ${Number(error.toPrecision(2))}`}
    </>
  )
}

/** What has no score, and why. */
export function Skipped({ entries }: { entries: { name: string; family: string; reason: string }[] }) {
  if (entries.length === 0) return null
  return (
    <Card title={`Without a score · ${entries.length}`} flush>
      <Table
        label="Without a score"
        columns={[
          { header: 'Configuration', cell: ({ name }) => name },
          { header: 'Family', wide: true, cell: ({ family }) => family },
          { header: 'Why', cell: ({ reason }) => reason },
        ]}
        rows={entries}
        rowKey={({ name }) => name}
      />
    </Card>
  )
}
