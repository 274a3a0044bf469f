import { KeySquare } from 'lucide-react'

import type { Schema } from '@/api'

import styles from '../pages/login.module.css'

/** Single sign-on, where the server knows any. */
export function Providers({ providers }: { providers: Schema['LoginProvider'][] }) {
  if (providers.length === 0) return null
  return (
    <div className={styles['providers']}>
      {providers.map(({ id, name, login_url }) => (
        <a key={id} href={login_url}>
          <KeySquare aria-hidden />
          Continue with {name}
        </a>
      ))}
      <p className={styles['or']}>or with your password</p>
    </div>
  )
}
