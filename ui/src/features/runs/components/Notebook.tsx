import { Notice } from '@/components'

import { cellsOf } from '../notebook'
import styles from './code.module.css'
import { Markdown } from './Markdown'

const MOST = 500

/** A notebook as it was saved: words, code, and what came of it as text and pictures. */
export function Notebook({ text }: { text: string }) {
  const cells = cellsOf(text)
  if (!cells) return <Notice kind="warning">This file is not the notebook that its name says it is.</Notice>
  return (
    <>
      {cells.slice(0, MOST).map((cell, index) => (
        <div key={index} className={styles['cell']}>
          {cell.kind === 'markdown' ? (
            <Markdown text={cell.text} />
          ) : (
            <>
              <pre className={styles['source']}>{cell.text}</pre>
              {cell.outputs.map((output, place) => (
                <div key={place} className={styles['output']}>
                  {output.kind === 'image' ? (
                    <img alt={`Output of cell ${index + 1}`} src={`data:image/png;base64,${output.png}`} />
                  ) : (
                    <pre className={output.kind === 'error' ? styles['wrong'] : undefined}>{output.text}</pre>
                  )}
                </div>
              ))}
            </>
          )}
        </div>
      ))}
      {cells.length > MOST && <Notice>The first {MOST} cells; download the file for the rest.</Notice>}
    </>
  )
}
