import { useInfiniteQuery } from '@tanstack/react-query'
import { ShieldCheck } from 'lucide-react'
import { useDeferredValue, useState } from 'react'

import { Ago, BareInput, Button, Card, Dialog, Empty, Facts, Code, Loaded, Notice, Page, Table, tellProblem } from '@/components'
import { count, moment } from '@/format'

import { auditQuery, useVerification, type AuditEvent } from '../api'

export default function AuditPage() {
  const [action, setAction] = useState('')
  const [shown, setShown] = useState<AuditEvent | null>(null)
  const wanted = useDeferredValue(action.trim())
  const query = useInfiniteQuery(auditQuery(wanted ? { action: wanted } : {}))
  const items = query.data?.pages.flatMap((page) => page.items)
  const verify = useVerification()
  return (
    <Page
      title="Audit log"
      subtitle="Every change, sealed together with all before it."
      actions={
        <Button icon={<ShieldCheck />} disabled={verify.isPending} onClick={() => verify.mutate(undefined, { onError: tellProblem })}>
          Check the seals
        </Button>
      }
    >
      {verify.data && (
        <Notice kind={verify.data.broken_at === null ? 'info' : 'warning'}>
          {verify.data.broken_at === null
            ? `All ${count(verify.data.events)} seals fit: nothing was altered.`
            : `The seal of event ${verify.data.broken_at} does not fit: the log was altered there.`}
        </Notice>
      )}
      <BareInput label="Action" type="search" placeholder="Action, such as tracking.run.deleted" value={action} onChange={(event) => setAction(event.target.value)} />
      <Card flush>
        <Loaded query={{ ...query, data: items }}>
          {(events) =>
            events.length === 0 ? (
              <Empty icon={<ShieldCheck />} title="No such event" />
            ) : (
              <Table
                label="Events"
                columns={[
                  { header: 'When', tight: true, cell: ({ at }) => <Ago time={at} /> },
                  { header: 'Who', cell: ({ actor_name }) => actor_name },
                  { header: 'What', cell: (event) => <Button small look="quiet" onClick={() => setShown(event)}>{event.action}</Button> },
                  { header: 'On', wide: true, cell: ({ subject_type, subject_id }) => `${subject_type} ${subject_id}` },
                ]}
                rows={events}
                rowKey={({ seq }) => String(seq)}
                more={query.hasNextPage && (() => void query.fetchNextPage())}
                loadingMore={query.isFetchingNextPage}
              />
            )
          }
        </Loaded>
      </Card>
      {shown && (
        <Dialog open onClose={() => setShown(null)} title={shown.action}>
          <Facts
            items={[
              ['When', moment(shown.at)],
              ['Who', `${shown.actor_name} (${shown.actor_kind})`],
              ['On', `${shown.subject_type} ${shown.subject_id}`],
              ['Request', shown.request_id],
            ]}
          />
          {(shown.before ?? shown.after) && <Code text={JSON.stringify({ before: shown.before, after: shown.after }, null, 2)} />}
        </Dialog>
      )}
    </Page>
  )
}
