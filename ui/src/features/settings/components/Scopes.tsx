import type { Permission } from '@/access'

import { byResource, verb } from '../permissions'
import styles from './settings.module.css'

interface Props {
  held: readonly Permission[]
  /** What the key may do; null for all that its owner may. */
  scopes: Permission[] | null
  onChange: (scopes: Permission[] | null) => void
}

/** What a key may do: all that its owner may, or a part of it. */
export function Scopes({ held, scopes, onChange }: Props) {
  const toggle = (permission: Permission, on: boolean) =>
    onChange(on ? [...(scopes ?? []), permission] : (scopes ?? []).filter((each) => each !== permission))
  return (
    <fieldset className={styles['choice']}>
      <legend>May</legend>
      <label>
        <input type="radio" name="scopes" checked={scopes === null} onChange={() => onChange(null)} />
        all that you may
      </label>
      <label>
        <input type="radio" name="scopes" checked={scopes !== null} onChange={() => onChange([])} />
        only some of it
      </label>
      {scopes !== null && (
        <div className={styles['scopes']}>
          {byResource(held).map(([resource, permissions]) => (
            <div key={resource} className={styles['resource']}>
              <span>{resource}</span>
              {permissions.map((permission) => (
                <label key={permission}>
                  <input
                    type="checkbox"
                    aria-label={permission}
                    checked={scopes.includes(permission)}
                    onChange={(event) => toggle(permission, event.target.checked)}
                  />
                  {verb(permission)}
                </label>
              ))}
            </div>
          ))}
        </div>
      )}
    </fieldset>
  )
}
