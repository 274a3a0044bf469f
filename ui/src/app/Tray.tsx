import { Popover } from '@base-ui/react/popover'
import { useNavigate } from '@tanstack/react-router'
import { Bell, CheckCheck } from 'lucide-react'
import { useState } from 'react'

import { Ago, Button, Status } from '@/components'

import { open as openThing } from './found'
import { headline, useMarkRead, useNews, type News } from './news'
import styles from './tray.module.css'

/** The bell: what ended, failed or broke while somebody looked elsewhere. */
export function Tray({ className }: { className?: string | undefined }) {
  const [open, setOpen] = useState(false)
  const news = useNews().data
  const markRead = useMarkRead()
  const unread = news?.unread ?? 0
  const newest = news?.items[0]
  const label = unread > 0 ? `Notifications, ${unread} unread` : 'Notifications'
  return (
    <Popover.Root modal open={open} onOpenChange={setOpen}>
      <Popover.Trigger className={`${styles['bell']} ${className ?? ''}`} aria-label={label} title={label}>
        <Bell aria-hidden />
        {unread > 0 && <span className={styles['count']}>{unread > 9 ? '9+' : unread}</span>}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className={styles['place']} sideOffset={8} align="start">
          <Popover.Popup className={styles['tray']}>
            <header>
              <Popover.Title>Notifications</Popover.Title>
              {unread > 0 && newest && (
                <Button small look="quiet" icon={<CheckCheck />} onClick={() => markRead.mutate(newest.at)}>
                  Mark all read
                </Button>
              )}
            </header>
            {news?.items.length ? (
              <ul>
                {news.items.map((each) => (
                  <Item key={`${each.kind} ${each.id} ${each.at}`} news={each} onOpen={() => setOpen(false)} />
                ))}
              </ul>
            ) : (
              <p className={styles['none']}>Nothing new. Jobs of yours that end, runs that fail and deployments that break are told here for two weeks.</p>
            )}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

function Item({ news, onOpen }: { news: News; onOpen: () => void }) {
  const navigate = useNavigate()
  const go = () => {
    onOpen()
    openThing(news.kind, news.id, navigate)
  }
  return (
    <li className={news.read ? undefined : styles['unread']}>
      <button type="button" onClick={go}>
        <span className={styles['what']}>
          {!news.read && <span className="visually-hidden">Unread: </span>}
          {headline(news)}
        </span>
        {news.detail && <span className={styles['detail']}>{news.detail}</span>}
        <small>
          <Status state={news.state} /> <Ago time={news.at} />
        </small>
      </button>
    </li>
  )
}
