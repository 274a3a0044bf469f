import { Menu as Base } from '@base-ui/react/menu'
import type { ReactElement, ReactNode } from 'react'

import styles from './overlay.module.css'

interface Props {
  /** The button that opens it. */
  trigger: ReactElement
  align?: 'start' | 'end'
  children: ReactNode
}

export function Menu({ trigger, align = 'end', children }: Props) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={styles['positioner']} sideOffset={6} align={align}>
          <Base.Popup className={styles['menu']}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

export function MenuItem(props: { icon?: ReactNode; danger?: boolean; onSelect: () => void; children: ReactNode }) {
  return (
    <Base.Item className={`${styles['item']} ${props.danger ? styles['danger'] : ''}`} onClick={props.onSelect}>
      {props.icon}
      {props.children}
    </Base.Item>
  )
}
