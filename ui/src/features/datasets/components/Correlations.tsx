import { Grid3x3 } from 'lucide-react'

import { Bars } from '@/charts'
import { Card, Empty } from '@/components'
import { count } from '@/format'

import type { Profile } from '../api'
import styles from './correlations.module.css'

const PRINTED = 14
const STRONGEST = 10

/** How numeric columns move together: a heat map, and the strongest pairs in words. */
export function Correlations({ profile }: { profile: Profile }) {
  const found = profile.correlations
  if (!found) {
    return (
      <Card>
        <Empty icon={<Grid3x3 />} title="No correlations">
          They need two numeric columns that vary. A version from before they were computed has none either: upload it again as a new one.
        </Empty>
      </Card>
    )
  }
  const { columns, values, rows, omitted } = found
  const printed = columns.length <= PRINTED
  const based = rows < profile.rows ? `${count(rows)} rows at even distances of ${count(profile.rows)}` : `all ${count(rows)} rows`
  const pairs = strongest(columns, values)
  return (
    <>
      <Card title="Correlations of numeric columns" flush>
        <div className={styles['frame']}>
          <table className={styles['map']} aria-label="Correlations">
            <thead>
              <tr>
                <td aria-label="Column" />
                {columns.map((name) => (
                  <th key={name} scope="col" title={name}>
                    <span>{name}</span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {columns.map((name, row) => (
                <tr key={name}>
                  <th scope="row" title={name}>{name}</th>
                  {columns.map((other, column) => (
                    <Cell key={other} told={`${name} and ${other}`} value={values[row]?.[column] ?? null} printed={printed} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <p className={styles['note']}>
          Pearson’s r over {based} where both values are there; 1 and −1 mean that one follows from the other along a line.
          {omitted > 0 && ` The first ${columns.length} numeric columns are shown, ${count(omitted)} are not.`}
        </p>
      </Card>
      {pairs.length > 0 && (
        <Card title="Strongest pairs">
          <Bars label="Strongest pairs" full={1} items={pairs} />
        </Card>
      )}
    </>
  )
}

function Cell({ told, value, printed }: { told: string; value: number | null; printed: boolean }) {
  const text = value === null ? '–' : value.toFixed(2).replace('-', '−')
  return (
    <td
      title={`${told}: ${text}`}
      className={value !== null && value < 0 ? styles['below'] : styles['above']}
      style={{ '--strength': value === null ? 0 : Math.abs(value) }}
    >
      <span className={printed ? '' : 'visually-hidden'}>{text}</span>
    </td>
  )
}

/** The pairs that move most together, the sign with the name: a bar has none. */
export function strongest(columns: string[], values: (number | null)[][]): { name: string; value: number }[] {
  const pairs = columns.flatMap((first, row) =>
    columns.slice(row + 1).map((second, offset) => ({ name: `${first} · ${second}`, value: values[row]?.[row + 1 + offset] ?? 0 })),
  )
  return pairs.filter(({ value }) => Math.abs(value) >= 0.1).sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, STRONGEST)
}
