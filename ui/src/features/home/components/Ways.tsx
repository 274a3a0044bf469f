import { Database, Import, KeyRound, Plug } from 'lucide-react'
import { useState } from 'react'

import { address } from '@/api'
import { Button, ButtonLink, Code } from '@/components'
import { NewKey } from '@/features/settings'

import styles from './home.module.css'

/** The three ways to begin. */
export default function Ways() {
  const url = address('')
  const [making, setMaking] = useState(false)
  return (
    <div className={styles['ways']}>
      <section className={styles['way']}>
        <Database aria-hidden />
        <h2>Upload a table</h2>
        <p>See its profile, find the best model for one of its columns, and let it answer: no code.</p>
        <ButtonLink look="primary" to="/automl/new">
          Begin with a table
        </ButtonLink>
      </section>
      <section className={styles['way']}>
        <Plug aria-hidden />
        <h2>Point your training here</h2>
        <p>MLflow's own client works unchanged. Make a key, then:</p>
        <Code text={`export MLFLOW_TRACKING_URI=${url}\nexport MLFLOW_TRACKING_TOKEN=…\npython train.py`} />
        <Button icon={<KeyRound />} onClick={() => setMaking(true)}>
          Make a key
        </Button>
      </section>
      <section className={styles['way']}>
        <Import aria-hidden />
        <h2>Bring your MLflow server along</h2>
        <p>Experiments, runs with every point, files and models, with their ids.</p>
        <Code text={`maestro login --url ${url}\nmaestro import mlflow --from http://old-server:5000`} />
      </section>
      {making && <NewKey suggested="my training scripts" onClose={() => setMaking(false)} />}
    </div>
  )
}
