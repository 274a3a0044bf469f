import { ChevronDown, ChevronRight } from 'lucide-react'
import { Fragment, useRef, useState } from 'react'

import { BareSelect, Card, More } from '@/components'
import { count } from '@/format'

import { familyName } from '../families'
import { ORDERS, type BoardSearch, type Order } from '../search'
import { byFamily, ordered, scoreRange, type Trial } from '../trials'
import { useHeld } from '../useHeld'
import styles from './board.module.css'
import { columnsFor, type BoardColumn } from './boardColumns'
import { Details } from './Details'

const SHOWN = 15
const MORE = 100

interface Props {
  title: string
  trials: Trial[]
  /** What is scored. */
  metric: string
  /** More may come: the order stays as it is while somebody reads. */
  live: boolean
  search: BoardSearch
  onSearch: (search: BoardSearch) => void
}

/** Everything that was tried, sorted and filtered as the address says. */
export function Leaderboard({ title, trials, metric, live, search, onSearch }: Props) {
  const [reading, setReading] = useState(false)
  const [most, setMost] = useState(SHOWN)
  const body = useRef<HTMLTableSectionElement>(null)
  const held = useHeld(trials, live && (reading || search.open !== undefined))
  const order = search.sort ?? 'score'
  const family = trials.some((trial) => trial.family === search.family) ? search.family : undefined
  const listed = ordered(held, order).filter((trial) => family === undefined || trial.family === family)
  const shown = listed.slice(0, most)
  const columns = columnsFor(metric, scoreRange(held), ordered(held, 'score')[0]?.score ?? null, ranksOf(held), trials.some(({ entry }) => entry !== null))
  const sortBy = (sort: Order) => onSearch(changed(search, 'sort', sort === 'score' ? undefined : sort))
  const waiting = trials.length - held.length
  return (
    <Card
      flush
      title={`${title} · ${count(trials.length)}`}
      actions={
        <div className={styles['tools']}>
          {waiting > 0 && <span className={styles['waiting']}>{count(waiting)} more when you look away</span>}
          <FamilyChoice trials={trials} family={family} onChoose={(chosen) => onSearch(changed(search, 'family', chosen))} />
          <div className={styles['narrow']}>
            <BareSelect label="Sort by" value={order} onChange={(event) => sortBy(event.target.value as Order)}>
              {columns.flatMap(({ order: each }) => (each ? [<option key={each} value={each}>{ORDERS[each]}</option>] : []))}
            </BareSelect>
          </div>
        </div>
      }
    >
      <div className={styles['frame']}>
        <table className={styles['board']} aria-label={title}>
          <thead>
            <tr>
              {columns.map((column) => (
                <Head key={column.header} column={column} order={order} onSort={sortBy} />
              ))}
            </tr>
          </thead>
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- it listens for readers, and does nothing for them */}
          <tbody
            ref={body}
            onPointerEnter={() => setReading(true)}
            onPointerLeave={() => setReading(false)}
            onFocus={() => setReading(true)}
            onBlur={({ relatedTarget }) => !body.current?.contains(relatedTarget) && setReading(false)}
          >
            {shown.map((trial) => (
              <Fragment key={trial.name}>
                <Row trial={trial} columns={columns} open={search.open === trial.name} onToggle={(open) => onSearch(changed(search, 'open', open ? trial.name : undefined))} />
                {search.open === trial.name && (
                  <tr className={styles['details']}>
                    <td colSpan={columns.length}>
                      <Details trial={trial} />
                    </td>
                  </tr>
                )}
              </Fragment>
            ))}
          </tbody>
        </table>
      </div>
      {listed.length > most && <More onMore={() => setMost(most + MORE)}>Show {count(Math.min(MORE, listed.length - most))} more</More>}
    </Card>
  )
}

/** The same view with another value for a key, or without it. */
function changed<Key extends keyof BoardSearch>(search: BoardSearch, key: Key, value: BoardSearch[Key]): BoardSearch {
  const { [key]: _, ...rest } = search
  return value === undefined ? rest : { ...rest, [key]: value }
}

function ranksOf(trials: Trial[]): Map<string, number> {
  return new Map(ordered(trials, 'score').map(({ name }, index) => [name, index + 1]))
}

function FamilyChoice({ trials, family, onChoose }: { trials: Trial[]; family: string | undefined; onChoose: (family: string | undefined) => void }) {
  const families = byFamily(trials.map(({ family: each, score }) => ({ family: each, score, fit_seconds: null })))
  return (
    <BareSelect label="Family" value={family ?? ''} onChange={(event) => onChoose(event.target.value || undefined)}>
      <option value="">All families</option>
      {families.map(({ family: each, trials: number }) => (
        <option key={each} value={each}>{`${familyName(each)} · ${number}`}</option>
      ))}
    </BareSelect>
  )
}

function Head({ column, order, onSort }: { column: BoardColumn; order: Order; onSort: (order: Order) => void }) {
  const { header, order: own, bare } = column
  const sorted = own === order
  return (
    <th scope="col" className={styles[column.shape]} aria-sort={sorted ? 'ascending' : undefined}>
      {own ? (
        <button type="button" title={`Sort by ${ORDERS[own].toLowerCase()}`} onClick={() => onSort(own)}>
          {header}
          {sorted && <ChevronDown aria-hidden />}
        </button>
      ) : (
        <span className={bare ? 'visually-hidden' : undefined}>{header}</span>
      )}
    </th>
  )
}

function Row({ trial, columns, open, onToggle }: { trial: Trial; columns: BoardColumn[]; open: boolean; onToggle: (open: boolean) => void }) {
  return (
    <tr className={open ? styles['open'] : undefined}>
      {columns.map((column, index) => (
        <td key={column.header} className={styles[column.shape]}>
          {index === 0 ? (
            <button type="button" className={styles['toggle']} aria-expanded={open} aria-label={`${trial.name}: parameters`} disabled={trial.params === null} onClick={() => onToggle(!open)}>
              {trial.params !== null && <ChevronRight aria-hidden />}
              {column.cell(trial)}
            </button>
          ) : (
            column.cell(trial)
          )}
        </td>
      ))}
    </tr>
  )
}
