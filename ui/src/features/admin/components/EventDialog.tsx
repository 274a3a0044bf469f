import { Dialog, Facts } from '@/components'
import { moment } from '@/format'

import type { AuditEvent } from '../api'
import { changedFields } from '../changed'
import styles from './audit.module.css'

/** One event: who, on what, and what was before and after. */
export function EventDialog({ event, onClose }: { event: AuditEvent; onClose: () => void }) {
  const fields = changedFields(event.before, event.after)
  return (
    <Dialog open onClose={onClose} title={event.action}>
      <Facts
        items={[
          ['When', moment(event.at)],
          ['Who', `${event.actor_name} (${event.actor_kind})`],
          ['On', `${event.subject_type} ${event.subject_id}`],
          ['Request', event.request_id],
          ['Seal', <code key="seal" className={styles['seal']}>{event.hash}</code>],
        ]}
      />
      {fields.length > 0 && (
        <table className={styles['diff']} aria-label="What changed">
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {fields.map(({ name, before, after }) => (
              <tr key={name} className={before === after ? styles['same'] : undefined}>
                <th scope="row">{name}</th>
                <td>{before === null ? '–' : before === after ? before : <del>{before}</del>}</td>
                <td>{after === null ? '–' : before === after ? after : <ins>{after}</ins>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Dialog>
  )
}
