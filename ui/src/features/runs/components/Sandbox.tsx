import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { Button, Loaded } from '@/components'

import { previewQuery } from '../api'
import styles from './artifacts.module.css'

/** A page or drawing that somebody uploaded: served from a path of its own, shut in without an origin or a network. */
export function Sandbox({ runId, path, scripts }: { runId: string; path: string; scripts: boolean }) {
  const [running, setRunning] = useState(false)
  const preview = useQuery(previewQuery(runId))
  const spelled = path.split('/').map(encodeURIComponent).join('/')
  return (
    <Loaded query={preview}>
      {(base) => (
        <>
          {/* The answer's own policy shuts it in as well, wherever it is opened. */}
          <iframe
            key={String(running)}
            title={path}
            sandbox={running ? 'allow-scripts' : ''}
            referrerPolicy="no-referrer"
            src={`${base}${spelled}${running ? '?scripts=true' : ''}`}
          />
          {scripts && (
            <div className={styles['note']}>
              {running ? 'Its scripts run, without access to this page, your login or any network.' : 'Its scripts do not run.'}{' '}
              <Button small onClick={() => setRunning(!running)}>{running ? 'Stop them' : 'Run them in the sandbox'}</Button>
            </div>
          )}
        </>
      )}
    </Loaded>
  )
}
