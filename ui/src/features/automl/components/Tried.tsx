import { Link } from '@tanstack/react-router'

import { Card, Chips } from '@/components'

import { Family } from './Family'
import styles from './form.module.css'

const FAMILIES = ['lightgbm', 'catboost', 'xgboost', 'forest', 'linear', 'network', 'svm', 'neighbours']

/** What a search is going to do, in four steps. */
export function Tried({ warm }: { warm: boolean }) {
  return (
    <Card title="What will be tried">
      <ol className={styles['steps']}>
        <li>
          <p>
            {warm ? (
              <>It begins with what did best on similar tables: of your team once there are enough, else of public ones. A random part begins without, for the <Link to="/automl/ledger">value ledger</Link>.</>
            ) : (
              <>It begins with what did best on public tables, without what your team’s searches found.</>
            )}
          </p>
        </li>
        <li>
          <p>Then come configurations of eight families, the most promising first. Support vectors are for small tables.</p>
          <Chips>
            {FAMILIES.map((family) => (
              <Family key={family} family={family} />
            ))}
          </Chips>
        </li>
        <li>
          <p>What is left of the time refines the best of them; each is a run, scored on rows that it has not learned from.</p>
        </li>
        <li>
          <p>Stacked models read what the best predict beside the columns. Then the best of all are weighed to an ensemble, which becomes a version of the model, with its plots and explanations.</p>
        </li>
      </ol>
    </Card>
  )
}
