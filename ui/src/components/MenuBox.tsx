import { Menu as Base } from '@base-ui/react/menu'
import type { ReactNode } from 'react'

import { ShowItem, type MenuItemProps, type MenuProps } from './Menu'
import styles from './overlay.module.css'

/** The menu itself, open from the start: it is made when somebody has pressed its button. */
export default function MenuBox({ trigger, align = 'end', children }: MenuProps) {
  return (
    <Base.Root defaultOpen>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={styles['positioner']} sideOffset={6} align={align}>
          <Base.Popup className={styles['menu']}>
            <ShowItem value={showItem}>{children}</ShowItem>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

function showItem({ icon, danger, onSelect, children }: MenuItemProps): ReactNode {
  return (
    <Base.Item className={`${styles['item']} ${danger ? styles['danger'] : ''}`} onClick={onSelect}>
      {icon}
      {children}
    </Base.Item>
  )
}
