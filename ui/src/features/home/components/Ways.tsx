import { Database, Import, Plug } from 'lucide-react'

import { address } from '@/api'
import { ButtonLink, Code } from '@/components'

import styles from './home.module.css'

/** The three ways to begin. */
export function Ways() {
  const url = address('')
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
        <p>MLflow's own client works unchanged. Make an API key in the settings, then:</p>
        <Code text={`export MLFLOW_TRACKING_URI=${url}\nexport MLFLOW_TRACKING_TOKEN=…\npython train.py`} />
      </section>
      <section className={styles['way']}>
        <Import aria-hidden />
        <h2>Bring your MLflow server along</h2>
        <p>Experiments, runs with every point, files and models, with their ids.</p>
        <Code text={`maestro login --url ${url}\nmaestro import mlflow --from http://old-server:5000`} />
      </section>
    </div>
  )
}
