import { ChevronDown, ChevronUp, Download, WrapText } from 'lucide-react'
import { useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'

import { BareInput, Button, Card } from '@/components'
import { count } from '@/format'

import { findAll, lastLines, type Match } from '../lines'
import styles from './log.module.css'

interface Props {
  text: string
  /** What is said while there is nothing. */
  empty: string
  /** The name of the file that Save makes. */
  file: string
}

/** What something prints, as it prints it: follow, find, wrap, save. */
export function LogView({ text, empty, file }: Props) {
  const { lines, first } = useMemo(() => lastLines(text), [text])
  const [follow, setFollow] = useState(true)
  const [wrap, setWrap] = useState(true)
  const [wanted, setWanted] = useState('')
  const [at, setAt] = useState(0)
  const frame = useRef<HTMLDivElement>(null)
  const matches = useMemo(() => findAll(lines, wanted), [lines, wanted])
  const current = matches[at % Math.max(1, matches.length)]
  useLayoutEffect(() => {
    if (follow && wanted === '' && frame.current) frame.current.scrollTop = frame.current.scrollHeight
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- each new text scrolls
  }, [follow, text, wanted])
  useLayoutEffect(() => {
    if (current) frame.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [current])
  const step = (by: number) => setAt((at + by + matches.length) % Math.max(1, matches.length))
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') step(event.shiftKey ? -1 : 1)
  }
  const find = (value: string) => {
    setWanted(value)
    setAt(0)
  }
  return (
    <Card title="Log" flush>
      <div className={styles['bar']}>
        <BareInput label="Find in the log" className={styles['find']} type="search" placeholder="Find in the log" value={wanted} onKeyDown={onKeyDown} onChange={(event) => find(event.target.value)} />
        {wanted && (
          <>
            <span role="status">{matches.length === 0 ? 'Not found' : `${count((at % matches.length) + 1)} of ${count(matches.length)}`}</span>
            <Button small look="quiet" icon={<ChevronUp />} label="Previous" disabled={matches.length === 0} onClick={() => step(-1)} />
            <Button small look="quiet" icon={<ChevronDown />} label="Next" disabled={matches.length === 0} onClick={() => step(1)} />
          </>
        )}
        <label>
          <input type="checkbox" checked={follow} onChange={(event) => setFollow(event.target.checked)} />
          Follow
        </label>
        <Button small icon={<WrapText />} aria-pressed={wrap} onClick={() => setWrap(!wrap)}>
          Wrap
        </Button>
        <Button small icon={<Download />} onClick={() => save(file, text)} disabled={text === ''}>
          Save
        </Button>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard */}
      <div ref={frame} className={`${styles['log']} ${wrap ? '' : styles['long']}`} tabIndex={0} role="log" aria-label="Log" aria-live="off">
        {text === '' ? (
          <p>{empty}</p>
        ) : (
          <>
            {first > 1 && <p>Lines 1 to {count(first - 1)} are left out here; Save has them.</p>}
            <Lines lines={lines} first={first} matches={matches} current={current} length={wanted.length} />
          </>
        )}
      </div>
    </Card>
  )
}

interface LinesProps {
  lines: string[]
  first: number
  matches: Match[]
  current: Match | undefined
  length: number
}

function Lines({ lines, first, matches, current, length }: LinesProps) {
  const byLine = useMemo(() => Map.groupBy(matches, ({ line }) => line), [matches])
  return (
    <ol className={styles['lines']} style={{ '--digits': String(first + lines.length).length }}>
      {lines.map((line, index) => (
        <li key={first + index} data-line={first + index}>
          <span>{byLine.has(index) ? <Marked line={line} matches={byLine.get(index) ?? []} current={current} length={length} /> : line}</span>
        </li>
      ))}
    </ol>
  )
}

function Marked({ line, matches, current, length }: { line: string; matches: Match[]; current: Match | undefined; length: number }) {
  return matches.map((match, index) => {
    const end = match.start + length
    return (
      <span key={match.start}>
        {index === 0 && line.slice(0, match.start)}
        <mark aria-current={match === current ? 'true' : undefined}>{line.slice(match.start, end)}</mark>
        {line.slice(end, matches[index + 1]?.start)}
      </span>
    )
  })
}

function save(file: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  Object.assign(document.createElement('a'), { href: url, download: file }).click()
  URL.revokeObjectURL(url)
}
