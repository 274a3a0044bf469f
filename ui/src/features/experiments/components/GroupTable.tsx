import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ArrowDown, ArrowUp, ChevronDown, ChevronRight, ListFilter } from 'lucide-react'
import { Fragment, useState } from 'react'

import { Button, Loaded, Skeleton, Status } from '@/components'
import { count, metric, plural } from '@/format'

import { groupsQuery, membersQuery } from '../api'
import { membersOf, nameOf, type RunGroup } from '../groups'
import type { RunTableSearch } from '../search'
import styles from './groups.module.css'

interface Props {
  experimentId: string
  search: RunTableSearch
  by: string[]
  metrics: string[]
  /** Shows the runs of a group alone. */
  onOpen: (search: RunTableSearch) => void
}

/** Groups of all runs that the table finds: how many, and the mean of each metric with its interval. */
export function GroupTable({ experimentId, search, by, metrics, onOpen }: Props) {
  const query = useQuery(groupsQuery(experimentId, search, by, metrics))
  const [sort, setSort] = useState<{ key: string | null; asc: boolean }>({ key: null, asc: false })
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const order = (key: string | null) => setSort({ key, asc: sort.key === key ? !sort.asc : false })
  const toggle = (name: string) => setOpen((before) => (before.has(name) ? new Set([...before].filter((each) => each !== name)) : new Set([...before, name])))
  const head = (key: string | null, label: string) => (
    <th key={label} scope="col" aria-sort={sort.key === key ? (sort.asc ? 'ascending' : 'descending') : undefined}>
      <button type="button" onClick={() => order(key)}>
        {sort.key === key && (sort.asc ? <ArrowUp aria-hidden /> : <ArrowDown aria-hidden />)}
        {label}
      </button>
    </th>
  )
  return (
    <Loaded query={query} waiting={<Skeleton lines={10} />}>
      {({ items, total }) => (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard
        <div className={styles['frame']} tabIndex={0} role="region" aria-label="Groups of runs">
          <table className={styles['table']}>
            <thead>
              <tr>
                <th scope="col">{by.join(' · ')}</th>
                {head(null, 'Runs')}
                {metrics.map((key) => head(key, key))}
              </tr>
            </thead>
            <tbody>
              {sorted(items, sort).map((group) => {
                const name = nameOf(group)
                const members = membersOf(search, by, group)
                return (
                  <Fragment key={JSON.stringify(group.values)}>
                    <tr>
                      <th scope="row">
                        <Button small look="quiet" aria-expanded={open.has(name)} disabled={members === null} icon={open.has(name) ? <ChevronDown /> : <ChevronRight />} label={`Runs of ${name}`} onClick={() => toggle(name)} />
                        {name}
                        {members && <Button small look="quiet" icon={<ListFilter />} label={`Show only ${name}`} onClick={() => onOpen(members)} />}
                      </th>
                      <td>{count(group.runs)}</td>
                      {metrics.map((key) => (
                        <Mean key={key} group={group} metricKey={key} />
                      ))}
                    </tr>
                    {open.has(name) && members && <Members experimentId={experimentId} search={members} metrics={metrics} runs={group.runs} />}
                  </Fragment>
                )
              })}
            </tbody>
          </table>
          <p className={styles['foot']}>
            {plural(total, 'group')}
            {total > items.length && `; the ${count(items.length)} largest are shown`}. Means of last values ± half of the 95 % interval (Student&apos;s t).
          </p>
        </div>
      )}
    </Loaded>
  )
}

function sorted(items: RunGroup[], { key, asc }: { key: string | null; asc: boolean }): RunGroup[] {
  const value = (group: RunGroup) => (key === null ? group.runs : Number(group.metrics.find((each) => each.key === key)?.mean ?? Number.NaN))
  const place = (group: RunGroup) => (Number.isNaN(value(group)) ? Infinity : asc ? value(group) : -value(group))
  return [...items].sort((a, b) => place(a) - place(b))
}

function Mean({ group, metricKey }: { group: RunGroup; metricKey: string }) {
  const found = group.metrics.find(({ key }) => key === metricKey)
  if (!found) return <td>–</td>
  const told = `${plural(found.runs, 'run')}, from ${metric(found.lowest)} to ${metric(found.highest)}`
  return (
    <td title={told}>
      {metric(found.mean)}
      <small>{found.half_width === null ? ' 1 run' : ` ± ${metric(Number(Number(found.half_width).toPrecision(2)))}`}</small>
    </td>
  )
}

function Members({ experimentId, search, metrics, runs }: { experimentId: string; search: RunTableSearch; metrics: string[]; runs: number }) {
  const query = useQuery(membersQuery(experimentId, search))
  const columns = 2 + metrics.length
  if (!query.data) {
    return (
      <tr>
        <td colSpan={columns}>
          <Loaded query={query}>{() => null}</Loaded>
        </td>
      </tr>
    )
  }
  return (
    <>
      {query.data.map((run) => (
        <tr key={run.id} className={styles['member']}>
          <th scope="row">
            <Link to="/runs/$runId" params={{ runId: run.id }}>{run.name}</Link>
          </th>
          <td><Status state={run.status} /></td>
          {metrics.map((key) => (
            <td key={key}>{metric(run.metrics[key])}</td>
          ))}
        </tr>
      ))}
      {runs > query.data.length && (
        <tr className={styles['member']}>
          <td colSpan={columns}>{count(runs - query.data.length)} more; show the group alone to see them.</td>
        </tr>
      )}
    </>
  )
}
