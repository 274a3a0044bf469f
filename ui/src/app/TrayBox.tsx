import { Popover } from '@base-ui/react/popover'
import { useNavigate } from '@tanstack/react-router'
import { CheckCheck } from 'lucide-react'
import { useState, type ReactElement } from 'react'

import { Ago, Button, Status } from '@/components'

import { open as openThing } from './found'
import { headline, useMarkRead, type News, type NewsList } from './news'
import styles from './tray.module.css'

/** The list below the bell, open from the start: it is made when somebody has pressed the bell. */
export default function TrayBox({ trigger, news }: { trigger: ReactElement; news: NewsList | undefined }) {
  const [open, setOpen] = useState(true)
  const markRead = useMarkRead()
  const newest = news?.items[0]
  return (
    <Popover.Root modal open={open} onOpenChange={setOpen}>
      <Popover.Trigger render={trigger} />
      <Popover.Portal>
        <Popover.Positioner className={styles['place']} sideOffset={8} align="start">
          <Popover.Popup className={styles['tray']}>
            <header>
              <Popover.Title>Notifications</Popover.Title>
              {news && news.unread > 0 && newest && (
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
