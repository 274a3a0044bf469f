import { useInfiniteQuery } from '@tanstack/react-query'
import { KeyRound, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'

import { Ago, Button, Card, Chip, Confirm, Empty, Loaded, Table, tell, tellProblem } from '@/components'

import { keysQuery, useRevokeKey, type ApiKey } from '../api'
import { NewKey } from './NewKey'

export function Keys() {
  const query = useInfiniteQuery(keysQuery)
  const items = query.data?.pages.flatMap((page) => page.items)
  const [creating, setCreating] = useState(false)
  const [ending, setEnding] = useState<ApiKey | null>(null)
  const revoke = useRevokeKey()
  const end = (key: ApiKey) =>
    revoke.mutate(key.id, { onSuccess: () => tell(`${key.name} is revoked.`), onError: tellProblem, onSettled: () => setEnding(null) })
  const create = (
    <Button small icon={<Plus />} onClick={() => setCreating(true)}>
      New key
    </Button>
  )
  return (
    <Card title="API keys" flush actions={create}>
      <Loaded query={{ ...query, data: items }}>
        {(keys) =>
          keys.length === 0 ? (
            <Empty icon={<KeyRound />} title="No API key yet">
              Programs log in with one: training scripts, the command line, MLflow's client.
            </Empty>
          ) : (
            <Table
              label="API keys"
              columns={[
                { header: 'Name', cell: ({ name }) => name },
                { header: 'Begins with', wide: true, cell: ({ prefix }) => <code>{prefix}…</code> },
                { header: 'May', wide: true, cell: ({ scopes }) => (scopes ? <Chip title={scopes.join(', ')}>{scopes.length} permissions</Chip> : 'all that you may') },
                { header: 'Last used', cell: ({ last_used_at }) => (last_used_at ? <Ago time={last_used_at} /> : 'never') },
                { header: 'Ends', wide: true, cell: (key) => <Ends apiKey={key} /> },
                {
                  header: 'Actions',
                  bare: true,
                  tight: true,
                  cell: (key) =>
                    key.revoked_at ? (
                      <Chip>revoked</Chip>
                    ) : (
                      <Button small look="quiet" icon={<Trash2 />} label={`Revoke ${key.name}`} onClick={() => setEnding(key)} />
                    ),
                },
              ]}
              rows={keys}
              rowKey={({ id }) => id}
              more={query.hasNextPage && (() => void query.fetchNextPage())}
            />
          )
        }
      </Loaded>
      {creating && <NewKey onClose={() => setCreating(false)} />}
      <Confirm
        open={ending !== null}
        onClose={() => setEnding(null)}
        title={`Revoke ${ending?.name}?`}
        told="Whatever uses it is refused from now on. This cannot be undone."
        verb="Revoke"
        busy={revoke.isPending}
        onConfirm={() => ending && end(ending)}
      />
    </Card>
  )
}

function Ends({ apiKey: { expires_at } }: { apiKey: ApiKey }) {
  if (!expires_at) return 'never'
  return isOver(expires_at) ? <Chip>over</Chip> : expires_at.slice(0, 10)
}

function isOver(time: string): boolean {
  return new Date(time).getTime() < Date.now()
}
