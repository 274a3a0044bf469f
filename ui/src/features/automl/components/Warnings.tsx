import { Link } from '@tanstack/react-router'
import { TriangleAlert } from 'lucide-react'

import { Card } from '@/components'

import { adviceFor } from '../advice'
import styles from './told.module.css'

/** What is odd about the table, and what can be done about it. */
export function Warnings({ warnings, dataset }: { warnings: string[]; dataset: string }) {
  if (warnings.length === 0) return null
  return (
    <Card title={`About the table · ${warnings.length}`} actions={<Link to="/datasets/$dataset" params={{ dataset }} search={{}}>See the table</Link>}>
      <ul className={styles['warnings']}>
        {warnings.map((warning) => (
          <li key={warning}>
            <TriangleAlert aria-hidden />
            <div>
              <p>{warning}</p>
              <p className={styles['quiet']}>{adviceFor(warning)}</p>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  )
}
