import { useMe } from '@/access'
import { Dialog } from '@/components'

import { ADMINISTRATION, SETTINGS, WORK } from './places'
import styles from './sheet.module.css'

const KEYS: [string[], string][] = [
  [['Ctrl', 'K'], 'Search, jump, do'],
  [['/'], 'Search'],
  [['?'], 'This sheet'],
  [['Esc'], 'Close what is open'],
]

/** Every key that works everywhere. */
export default function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const me = useMe()
  const places = [...WORK, ...ADMINISTRATION, SETTINGS].filter(
    ({ key, permission }) => key !== undefined && (permission === undefined || me?.permissions.includes(permission)),
  )
  const rows: [string[], string][] = [...KEYS, ...places.map(({ key, name }): [string[], string] => [['g', key ?? ''], `Go to ${name}`])]
  return (
    <Dialog open onClose={onClose} title="Keyboard shortcuts">
      <dl className={styles['keys']}>
        {rows.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
