import { useState } from 'react'

import { Button } from '@/components'
import { count } from '@/format'

import styles from './code.module.css'

const LINES = 1000

/** A diff as git writes it: what came is green, what went is red, each line says so itself. */
export function Diff({ text }: { text: string }) {
  const [shown, setShown] = useState(LINES)
  const lines = text.split('\n')
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard */}
      <pre className={styles['diff']} tabIndex={0}>
        {lines.slice(0, shown).map((line, index) => (
          <span key={index} className={styles[kindOf(line)]}>
            {line || ' '}
            {'\n'}
          </span>
        ))}
      </pre>
      {lines.length > shown && (
        <Button look="quiet" onClick={() => setShown(shown + 10 * LINES)}>
          Show {count(Math.min(10 * LINES, lines.length - shown))} more lines
        </Button>
      )}
    </>
  )
}

function kindOf(line: string): 'file' | 'place' | 'added' | 'removed' | 'same' {
  if (/^(diff |index |\+\+\+ |--- |new file|deleted file|similarity|rename )/.test(line)) return 'file'
  if (line.startsWith('@@')) return 'place'
  if (line.startsWith('+')) return 'added'
  return line.startsWith('-') ? 'removed' : 'same'
}
