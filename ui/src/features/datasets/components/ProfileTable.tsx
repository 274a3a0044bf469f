import { HistogramBars } from '@/charts'
import { Chip, Notice } from '@/components'
import { count, metric, percent } from '@/format'

import type { ColumnProfile, Profile } from '../api'
import styles from './dataset.module.css'

/** What is known about each column, and what to look at first. */
export function ProfileTable({ profile, target }: { profile: Profile; target?: string | undefined }) {
  return (
    <>
      {profile.warnings.length > 0 && (
        <div className={styles['warnings']}>
          {profile.warnings.map(({ code, message, columns }) => (
            <Notice key={code + columns.join()} kind="warning">
              {message}
            </Notice>
          ))}
        </div>
      )}
      <div className={styles['columns']}>
        {[...profile.columns].sort((a, b) => Number(b.name === target) - Number(a.name === target)).map((column) => (
          <ColumnCard key={column.name} column={column} rows={profile.rows} target={column.name === target} />
        ))}
      </div>
    </>
  )
}

function ColumnCard({ column, rows, target }: { column: ColumnProfile; rows: number; target: boolean }) {
  const { histogram } = column
  return (
    <section className={styles['column']} aria-label={column.name}>
      <header>
        <h2 title={column.name}>{column.name}</h2>
        {target && <Chip strong>target</Chip>}
        <Chip>{column.type}</Chip>
      </header>
      {histogram ? (
        <HistogramBars counts={histogram.counts} told={`From ${shown(histogram.edges[0])} to ${shown(histogram.edges.at(-1))}`} />
      ) : (
        <TopValues column={column} />
      )}
      <footer>
        {column.missing > 0 && <span>{percent(column.missing / Math.max(rows, 1), 1)} missing</span>}
        <span>
          {column.distinct_exact ? '' : '≈ '}
          {count(column.distinct)} distinct
        </span>
        {typeof column.mean === 'number' && <span>mean {metric(column.mean)}</span>}
        {typeof column.std === 'number' && <span>std {metric(column.std)}</span>}
        {column.min !== null && column.min !== undefined && histogram && (
          <span>
            {shown(column.min)} … {shown(column.max)}
          </span>
        )}
      </footer>
    </section>
  )
}

function shown(value: string | number | null | undefined): string {
  return typeof value === 'number' ? metric(value) : (value ?? '–')
}

const MOST = 4

function TopValues({ column }: { column: ColumnProfile }) {
  const most = column.top_values[0]?.count ?? 1
  return (
    <ul className={styles['top']} aria-label="Frequent values">
      {column.top_values.slice(0, MOST).map(({ value, count: times }) => (
        <li key={String(value)}>
          <div style={{ width: `${(times / most) * 100}%` }} />
          <span>{String(value)}</span>
          <span>{count(times)}</span>
        </li>
      ))}
    </ul>
  )
}
