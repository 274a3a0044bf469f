import { familyColour, familyName } from '../families'
import styles from './family.module.css'

/** A family by its name and its colour. */
export function Family({ family }: { family: string }) {
  return (
    <span className={styles['family']}>
      <Dot family={family} />
      {familyName(family)}
    </span>
  )
}

export function Dot({ family }: { family: string }) {
  return <i aria-hidden className={`${styles['dot']} ${shadeOf(family)}`} />
}

/** The class that gives its element `--shade`, the family's colour. */
export function shadeOf(family: string): string {
  return styles[`shade${familyColour(family)}`] ?? ''
}
