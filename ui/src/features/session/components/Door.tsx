import { useEffect, type ReactNode } from 'react'

import { address } from '@/api'

import styles from '../pages/login.module.css'

/** What the pages in front of the application share. */
export function Door({ title, children, hint }: { title: string; children: ReactNode; hint: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Maestro`
  }, [title])
  return (
    <main className={styles['page']}>
      <div className={styles['box']}>
        <div className={styles['brand']}>
          <img src={address('/favicon.svg')} alt="" width="40" height="40" />
          <div>
            <h1>Maestro</h1>
            <p>From a table to a governed model in production.</p>
          </div>
        </div>
        {children}
        <p className={styles['hint']}>{hint}</p>
      </div>
    </main>
  )
}
