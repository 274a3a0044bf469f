import { count, plural } from '@/format'

import { reachable, type Places } from '../places'
import styles from './grid.module.css'

interface Props {
  places: Places | undefined
  loaded: number
  first: number
  last: number
}

/** How many runs there are, and which of them are seen. */
export function TableFoot({ places, loaded, first, last }: Props) {
  return (
    <div className={styles['foot']}>
      <span>{told(places, loaded, first, last)}</span>
      <span className={styles['keys']}>
        <kbd>j</kbd> <kbd>k</kbd> go · <kbd>x</kbd> selects · <kbd>Enter</kbd> opens · <kbd>/</kbd> filters
      </span>
    </div>
  )
}

function told(places: Places | undefined, loaded: number, first: number, last: number): string {
  if (!places) return `${plural(loaded, 'run')}, counting…`
  const range = `${count(first + 1)}–${count(Math.min(last + 1, reachable(places)))}`
  if (places.exact) return `${range} of ${plural(places.total, 'run')}`
  return `${range} of about ${plural(places.total, 'run')} (estimated; the first ${count(reachable(places))} can be scrolled to, a filter leads to the rest)`
}
