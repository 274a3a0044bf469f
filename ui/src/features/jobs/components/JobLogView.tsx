import { Download } from 'lucide-react'
import { useLayoutEffect, useRef, useState } from 'react'

import { BareInput, Button, Card } from '@/components'

import { useLog } from '../useLog'
import styles from './log.module.css'

/** What a job prints, as it prints it: follow, search, save. */
export function JobLogView({ jobId }: { jobId: string }) {
  const { text, complete } = useLog(jobId)
  const [follow, setFollow] = useState(true)
  const [wanted, setWanted] = useState('')
  const frame = useRef<HTMLPreElement>(null)
  const lines = wanted ? text.split('\n').filter((line) => line.toLowerCase().includes(wanted.toLowerCase())) : null
  useLayoutEffect(() => {
    if (follow && frame.current) frame.current.scrollTop = frame.current.scrollHeight
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- each new text scrolls
  }, [follow, text])
  const save = () => {
    const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
    Object.assign(document.createElement('a'), { href: url, download: `${jobId}.log` }).click()
    URL.revokeObjectURL(url)
  }
  return (
    <Card title="Log" flush>
      <div className={styles['bar']}>
        <BareInput label="Find in the log" className={styles['find']} type="search" placeholder="Find in the log" value={wanted} onChange={(event) => setWanted(event.target.value)} />
        <label>
          <input type="checkbox" checked={follow} onChange={(event) => setFollow(event.target.checked)} />
          Follow
        </label>
        <Button small icon={<Download />} onClick={save} disabled={text === ''}>
          Save
        </Button>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard */}
      <pre ref={frame} className={styles['log']} tabIndex={0} aria-label="Log">
        {lines ? lines.join('\n') || 'No line fits.' : text || (complete ? 'The job printed nothing.' : 'Nothing printed yet.')}
      </pre>
    </Card>
  )
}
