import { Bell } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'

import { useNews } from './news'
import styles from './tray.module.css'

const load = () => import('./TrayBox')
const Box = lazy(load)

/** The bell: what ended, failed or broke while somebody looked elsewhere. What it opens with is not part of the first load. */
export function Tray() {
  const [pressed, setPressed] = useState(false)
  const news = useNews().data
  const unread = news?.unread ?? 0
  const label = unread > 0 ? `Notifications, ${unread} unread` : 'Notifications'
  const bell = (
    <button type="button" className={styles['bell']} aria-label={label} title={label} aria-haspopup="dialog" onPointerEnter={() => void load()} onFocus={() => void load()} onClick={() => setPressed(true)}>
      <Bell aria-hidden />
      {unread > 0 && <span className={styles['count']}>{unread > 9 ? '9+' : unread}</span>}
    </button>
  )
  return pressed ? (
    <Suspense fallback={bell}>
      <Box trigger={bell} news={news} />
    </Suspense>
  ) : (
    bell
  )
}
