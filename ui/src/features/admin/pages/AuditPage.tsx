import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Download, ShieldCheck } from 'lucide-react'
import { useState } from 'react'

import { Ago, Button, Card, Empty, Loaded, Menu, MenuItem, Notice, Page, Table, tellProblem } from '@/components'
import { count } from '@/format'

import { auditQuery, exportAudit, useVerification, type AuditEvent } from '../api'
import { AuditFilters } from '../components/AuditFilters'
import styles from '../components/audit.module.css'
import { EventDialog } from '../components/EventDialog'
import type { AuditSearch } from '../search'

const route = getRouteApi('/inside/admin/audit')

export default function AuditPage() {
  const search = route.useSearch()
  const [shown, setShown] = useState<AuditEvent | null>(null)
  const query = useInfiniteQuery(auditQuery(search))
  const items = query.data?.pages.flatMap((page) => page.items)
  const verify = useVerification()
  const actions = (
    <>
      <Export search={search} />
      <Button icon={<ShieldCheck />} disabled={verify.isPending} onClick={() => verify.mutate(undefined, { onError: tellProblem })}>
        {verify.isPending ? 'Checking…' : 'Check the seals'}
      </Button>
    </>
  )
  return (
    <Page title="Audit log" subtitle="Every change, sealed together with all before it." actions={actions}>
      {verify.data && (
        <Notice kind={verify.data.broken_at === null ? 'info' : 'warning'}>
          {verify.data.broken_at === null
            ? `All ${count(verify.data.events)} seals fit: nothing was altered.`
            : `The seal of event ${verify.data.broken_at} does not fit: the log was altered there.`}
        </Notice>
      )}
      <AuditFilters search={search} />
      <Card flush>
        <Loaded query={{ ...query, data: items }}>
          {(events) =>
            events.length === 0 ? (
              <Empty icon={<ShieldCheck />} title="No such event">
                An action is found by its whole name, or by its beginning up to a dot.
              </Empty>
            ) : (
              <Table
                label="Events"
                columns={[
                  { header: 'When', tight: true, cell: ({ at }) => <Ago time={at} /> },
                  { header: 'Who', wide: true, cell: ({ actor_name }) => actor_name },
                  { header: 'What', cell: (event) => <Action event={event} onShow={() => setShown(event)} /> },
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
      {shown && <EventDialog event={shown} onClose={() => setShown(null)} />}
    </Page>
  )
}

function Action({ event: { action, actor_name }, onShow }: { event: AuditEvent; onShow: () => void }) {
  return (
    <>
      <Button small look="quiet" onClick={onShow}>
        {action}
      </Button>
      <small className={styles['by']}>{actor_name}</small>
    </>
  )
}

function Export({ search }: { search: AuditSearch }) {
  const save = useMutation({ mutationFn: (format: 'csv' | 'jsonl') => exportAudit(search, format), onError: tellProblem })
  const trigger = (
    <Button icon={<Download />} disabled={save.isPending}>
      {save.isPending ? 'Exporting…' : 'Export'}
    </Button>
  )
  return (
    <Menu trigger={trigger}>
      <MenuItem onSelect={() => save.mutate('csv')}>As a table (CSV)</MenuItem>
      <MenuItem onSelect={() => save.mutate('jsonl')}>As JSON lines</MenuItem>
    </Menu>
  )
}
