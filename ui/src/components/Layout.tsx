import { createLink } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { Fragment, useEffect, type AnchorHTMLAttributes, type ReactNode } from 'react'

import styles from './layout.module.css'

interface PageProps {
  title: string
  /** Where this page lies: links, from the outermost. */
  crumbs?: ReactNode[]
  subtitle?: ReactNode
  actions?: ReactNode
  /** For tables that want the whole window. */
  wide?: boolean
  /** For pages whose last part scrolls by itself. */
  filled?: boolean
  children: ReactNode
}

/** The frame of every page: title, place, actions. */
export function Page({ title, crumbs = [], subtitle, actions, wide, filled, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Maestro`
  }, [title])
  const shape = [styles['page'], wide && styles['wide'], filled && styles['filled']]
  return (
    <div className={shape.filter(Boolean).join(' ')}>
      <header className={styles['header']}>
        <div className={styles['titles']}>
          {crumbs.length > 0 && (
            <nav aria-label="Breadcrumb" className={styles['crumbs']}>
              {crumbs.map((crumb, index) => (
                <Fragment key={index}>
                  {crumb}
                  <ChevronRight size={14} aria-hidden />
                </Fragment>
              ))}
            </nav>
          )}
          <h1>{title}</h1>
          {subtitle && <div className={styles['subtitle']}>{subtitle}</div>}
        </div>
        {actions && <div className={styles['actions']}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}

export function Card(props: { title?: string; actions?: ReactNode; flush?: boolean; children: ReactNode }) {
  const { title, actions, flush, children } = props
  return (
    <section className={styles['card']} aria-label={title}>
      {(title || actions) && (
        <div className={styles['cardHeader']}>
          {title && <h2>{title}</h2>}
          {actions}
        </div>
      )}
      <div className={flush ? styles['flush'] : styles['cardBody']}>{children}</div>
    </section>
  )
}

/** Cards beside each other where there is room; `least` is a card's smallest width in px. */
export function Grid({ least = 320, children }: { least?: number; children: ReactNode }) {
  return (
    <div className={styles['grid']} style={{ '--least': `${least}px` }}>
      {children}
    </div>
  )
}

export function Facts({ items }: { items: [string, ReactNode][] }) {
  return (
    <dl className={styles['facts']}>
      {items.map(([term, fact]) => (
        <Fragment key={term}>
          <dt>{term}</dt>
          <dd>{fact}</dd>
        </Fragment>
      ))}
    </dl>
  )
}

/** Cards of unequal height in columns, each filled from the top. */
export function Columns({ least = 340, children }: { least?: number; children: ReactNode }) {
  return (
    <div className={styles['columns']} style={{ '--least': `${least}px` }}>
      {children}
    </div>
  )
}

/** Links between the parts of a page: `TabLink`s. */
export function Tabs({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav aria-label={label} className={styles['tabs']}>
      {children}
    </nav>
  )
}

type TabProps = AnchorHTMLAttributes<HTMLAnchorElement> & { current: boolean }

/** The page says which part is shown: the address alone does not tell when a part has a state of its own. */
export const TabLink = createLink(function Tab({ current, children, ...rest }: TabProps) {
  return (
    <a {...rest} aria-current={current ? 'page' : undefined}>
      {children}
    </a>
  )
})
