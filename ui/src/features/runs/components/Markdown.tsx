import { Fragment, type ReactNode } from 'react'

import { blocksOf, spansOf, type Block } from '../markdown'
import styles from './markdown.module.css'

/** A note as its writer meant it. Nothing becomes HTML: each part is an element made here. */
export function Markdown({ text }: { text: string }) {
  return <div className={styles['text']}>{blocksOf(text).map(show)}</div>
}

function show(block: Block, index: number): ReactNode {
  switch (block.kind) {
    case 'heading':
      return <p key={index} role="heading" aria-level={3} className={styles['heading']}>{inline(block.text)}</p>
    case 'code':
      return <pre key={index}>{block.text}</pre>
    case 'list':
      return (
        <ul key={index}>
          {block.items.map((item, place) => (
            <li key={place}>{inline(item)}</li>
          ))}
        </ul>
      )
    default:
      return <p key={index}>{inline(block.text)}</p>
  }
}

function inline(text: string): ReactNode {
  return spansOf(text).map((span, index) => {
    if (span.kind === 'code') return <code key={index}>{span.text}</code>
    if (span.kind === 'strong') return <strong key={index}>{span.text}</strong>
    if (span.kind === 'emphasis') return <em key={index}>{span.text}</em>
    if (span.kind === 'link') {
      return (
        <a key={index} href={span.href} target="_blank" rel="noreferrer noopener">
          {span.text}
        </a>
      )
    }
    return <Fragment key={index}>{span.text}</Fragment>
  })
}
