import { useQuery } from '@tanstack/react-query'

import { BareSelect, Loaded, Notice } from '@/components'
import { count, plural } from '@/format'

import { importanceQuery, type Comparison } from '../api'
import type { CompareSearch } from '../search'
import styles from './compare.module.css'

interface Props {
  comparison: Comparison
  search: CompareSearch
  onSearch: (part: Partial<CompareSearch>) => void
}

const SHOWN = 20

/** Which params go together with a metric, over all runs of the experiments that are compared. */
export function Importance({ comparison, search, onSearch }: Props) {
  const metrics = comparison.metrics.map(({ key }) => key)
  const chosen = metrics.find((key) => `metrics.${key}` === search.up) ?? metrics[0] ?? ''
  const experiments = [...new Set(comparison.runs.map(({ experiment_id }) => experiment_id))]
  const query = useQuery(importanceQuery(experiments, '', chosen))
  if (chosen === '') return <Notice>These runs have no metric.</Notice>
  return (
    <>
      <div className={styles['selects']}>
        <label className={styles['select']}>
          For
          <BareSelect label="Metric" value={chosen} onChange={(event) => onSearch({ up: `metrics.${event.target.value}` })}>
            {metrics.map((key) => (
              <option key={key}>{key}</option>
            ))}
          </BareSelect>
        </label>
      </div>
      <Loaded query={query}>
        {({ items, abstained, runs }) =>
          abstained ? (
            <Notice>{abstained}</Notice>
          ) : (
            <>
              <table className={styles['importance']} aria-label={`Importance of params for ${chosen}`}>
                <thead>
                  <tr>
                    <th scope="col">Param</th>
                    <th scope="col">Strength</th>
                    <th scope="col">Correlation or share</th>
                    <th scope="col">95 % interval</th>
                    <th scope="col">Runs</th>
                  </tr>
                </thead>
                <tbody>
                  {items.slice(0, SHOWN).map((item) => (
                    <tr key={item.key}>
                      <th scope="row" title={item.key}>{item.key}</th>
                      <td>
                        <meter min={0} max={1} value={item.strength} aria-label={`Strength of ${item.key}`} />
                      </td>
                      <td>{item.correlation === null ? `${(item.strength ** 2).toFixed(2)} of the variance` : signed(item.correlation)}</td>
                      <td>{`${signed(item.low, item.correlation !== null)} to ${signed(item.high, item.correlation !== null)}`}</td>
                      <td>{count(item.runs)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
              <p className={styles['told']}>
                From {plural(runs, 'run')} of {plural(experiments.length, 'experiment')} (the newest 5,000 at most): Spearman&apos;s rank correlation for numbers, the
                Kruskal–Wallis share of the variance of ranks for words. What goes together need not be the cause.
                {items.length > SHOWN && ` The ${SHOWN} strongest of ${count(items.length)} params.`}
              </p>
            </>
          )
        }
      </Loaded>
    </>
  )
}

function signed(value: number, sign = true): string {
  return `${sign && value > 0 ? '+' : ''}${value.toFixed(2)}`
}
