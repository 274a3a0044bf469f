import { Link } from '@tanstack/react-router'

import { Ago, Card } from '@/components'
import { kindName } from '@/features/jobs'

import type { Change } from '../api'
import styles from './home.module.css'

/** The last things that happened, one a line. */
export function Changes({ changes }: { changes: Change[] }) {
  return (
    <Card title="What changed" flush>
      <ul className={styles['changes']}>
        {changes.map((change) => (
          <li key={`${change.kind} ${change.id} ${change.what} ${change.at}`}>
            <Thing change={change} /> <span>{change.what}</span>
            <small>
              {change.by}, <Ago time={change.at} />
            </small>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Thing({ change: { kind, id, name } }: { change: Change }) {
  if (kind === 'model') return <Link to="/models/$name" params={{ name: id }}>{name}</Link>
  if (kind === 'dataset') return <Link to="/datasets/$dataset" params={{ dataset: id }}>{name}</Link>
  if (kind === 'deployment') return <Link to="/deployments/$name" params={{ name: id }}>{name}</Link>
  return <Link to="/jobs/$jobId" params={{ jobId: id }}>{kindName(name)}</Link>
}
