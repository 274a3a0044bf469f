import { useInfiniteQuery } from '@tanstack/react-query'
import { UserPlus, UserX } from 'lucide-react'
import { useState } from 'react'

import { ActionButton, useMe, useRefusal } from '@/access'
import { Ago, BareSelect, Card, Chip, Confirm, Loaded, Page, Table, tell, tellProblem } from '@/components'

import { ROLES, useDeactivate, usersQuery, useSetRole, type User } from '../api'
import { AddUser } from '../components/AddUser'

export default function UsersPage() {
  const query = useInfiniteQuery(usersQuery)
  const items = query.data?.pages.flatMap((page) => page.items)
  const [adding, setAdding] = useState(false)
  const [leaving, setLeaving] = useState<User | null>(null)
  const deactivate = useDeactivate()
  const close = () => setLeaving(null)
  const end = (user: User) =>
    deactivate.mutate(user.id, { onSuccess: () => tell(`${user.email} has no access any more.`), onError: tellProblem, onSettled: close })
  return (
    <Page
      title="Users"
      subtitle="The members of your organisation, and what they may do."
      actions={<ActionButton permission="user:manage" look="primary" icon={<UserPlus />} onClick={() => setAdding(true)}>Add a member</ActionButton>}
    >
      <Card flush>
        <Loaded query={{ ...query, data: items }}>
          {(users) => (
            <Table
              label="Users"
              columns={[
                { header: 'E-mail address', cell: ({ email, active, kind }) => <>{email} {!active && <Chip>no access</Chip>} {kind === 'service' && <Chip>service</Chip>}</> },
                { header: 'Name', wide: true, cell: ({ name }) => name },
                { header: 'Role', tight: true, cell: (user) => <RoleChoice user={user} /> },
                { header: 'Since', tight: true, wide: true, cell: ({ created_at }) => <Ago time={created_at} /> },
                {
                  header: 'Actions', bare: true,
                  tight: true,
                  cell: (user) => user.active && <ActionButton permission="user:manage" small look="quiet" icon={<UserX />} label={`End the access of ${user.email}`} onClick={() => setLeaving(user)} />,
                },
              ]}
              rows={users}
              rowKey={({ id }) => id}
              more={query.hasNextPage && (() => void query.fetchNextPage())}
            />
          )}
        </Loaded>
      </Card>
      {adding && <AddUser onClose={() => setAdding(false)} />}
      <Confirm
        open={leaving !== null}
        onClose={close}
        title={`End the access of ${leaving?.email}?`}
        told="Logins and API keys end at once. What they did stays on record."
        verb="End access"
        busy={deactivate.isPending}
        onConfirm={() => leaving && end(leaving)}
      />
    </Page>
  )
}

function RoleChoice({ user }: { user: User }) {
  const me = useMe()
  const refusal = useRefusal('role:assign')
  const change = useSetRole()
  const choose = (value: string) => {
    const role = ROLES.find(([each]) => each === value)?.[0]
    if (role) change.mutate({ id: user.id, role }, { onSuccess: () => tell(`${user.email} is ${role.replaceAll('_', ' ')} now.`), onError: tellProblem })
  }
  return (
    <BareSelect
      label={`Role of ${user.email}`}
      value={user.role}
      disabled={refusal !== null || user.id === me?.user.id || !user.active || change.isPending}
      title={refusal ?? undefined}
      onChange={(event) => choose(event.target.value)}
    >
      {ROLES.map(([value]) => (
        <option key={value} value={value}>
          {value.replaceAll('_', ' ')}
        </option>
      ))}
    </BareSelect>
  )
}
