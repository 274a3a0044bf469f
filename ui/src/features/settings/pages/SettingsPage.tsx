import { useInfiniteQuery } from '@tanstack/react-query'
import { KeyRound, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'

import { useMe } from '@/access'
import { Ago, Button, Card, Chip, Chips, Empty, Facts, Grid, Loaded, Page, Table, tell, tellProblem } from '@/components'
import { applyTheme, useTheme, type Theme } from '@/theme/theme'

import { keysQuery, useRevokeKey, type ApiKey } from '../api'
import { NewKey } from '../components/NewKey'

const THEMES: [Theme, string][] = [['system', 'As the system'], ['light', 'Light'], ['dark', 'Dark']]

export default function SettingsPage() {
  const me = useMe()
  const theme = useTheme()
  return (
    <Page title="Settings">
      <Grid least={360}>
        <Card title="You">
          {me && (
            <Facts
              items={[
                ['E-mail address', me.user.email],
                ['Name', me.user.name || '–'],
                ['Organisation', me.tenant.name],
                ['Role', me.user.role.replaceAll('_', ' ')],
                ['You may', <Chips key="may">{me.permissions.map((permission) => <Chip key={permission}>{permission}</Chip>)}</Chips>],
              ]}
            />
          )}
        </Card>
        <Card title="Colours">
          <Chips>
            {THEMES.map(([value, label]) => (
              <Button key={value} look={theme === value ? 'primary' : 'plain'} aria-pressed={theme === value} onClick={() => applyTheme(value)}>
                {label}
              </Button>
            ))}
          </Chips>
        </Card>
      </Grid>
      <Keys />
    </Page>
  )
}

function Keys() {
  const query = useInfiniteQuery(keysQuery)
  const items = query.data?.pages.flatMap((page) => page.items)
  const [creating, setCreating] = useState(false)
  return (
    <Card title="API keys" flush actions={<Button small icon={<Plus />} onClick={() => setCreating(true)}>New key</Button>}>
      <Loaded query={{ ...query, data: items }}>
        {(keys) =>
          keys.length === 0 ? (
            <Empty icon={<KeyRound />} title="No API key yet">Programs log in with one: training scripts, the command line, MLflow's client.</Empty>
          ) : (
            <Table
              label="API keys"
              columns={[
                { header: 'Name', cell: ({ name }) => name },
                { header: 'Begins with', wide: true, cell: ({ prefix }) => <code>{prefix}…</code> },
                { header: 'Last used', cell: ({ last_used_at }) => <Ago time={last_used_at} /> },
                { header: 'Ends', wide: true, cell: ({ expires_at }) => (expires_at ? expires_at.slice(0, 10) : 'never') },
                { header: 'Actions', bare: true, tight: true, cell: (key) => <Revoke apiKey={key} /> },
              ]}
              rows={keys}
              rowKey={({ id }) => id}
              more={query.hasNextPage && (() => void query.fetchNextPage())}
            />
          )
        }
      </Loaded>
      {creating && <NewKey onClose={() => setCreating(false)} />}
    </Card>
  )
}

function Revoke({ apiKey: { id, name, revoked_at } }: { apiKey: ApiKey }) {
  const revoke = useRevokeKey()
  if (revoked_at) return <Chip>revoked</Chip>
  const end = () => revoke.mutate(id, { onSuccess: () => tell(`${name} is revoked.`), onError: tellProblem })
  return <Button small look="quiet" icon={<Trash2 />} label={`Revoke ${name}`} disabled={revoke.isPending} onClick={end} />
}
