import { useInfiniteQuery } from '@tanstack/react-query'
import { KeyRound, UserCheck, UserPlus, UserX } from 'lucide-react'
import { useState } from 'react'

import { ActionButton, roleName, useMe, useRefusal } from '@/access'
import { Ago, BareSelect, Card, Chip, Loaded, Page, Table, tell, tellProblem } from '@/components'

import { ROLES, useActivate, useDeactivate, usersQuery, useSetRole, type User } from '../api'
import { AddUser } from '../components/AddUser'
import { ResetPassword } from '../components/ResetPassword'

export default function UsersPage() {
  const query = useInfiniteQuery(usersQuery)
  const items = query.data?.pages.flatMap((page) => page.items)
  const [adding, setAdding] = useState(false)
  const [resetting, setResetting] = useState<User | null>(null)
  const add = (
    <ActionButton permission="user:manage" look="primary" icon={<UserPlus />} onClick={() => setAdding(true)}>
      Add a member
    </ActionButton>
  )
  return (
    <Page title="Users" subtitle="The members of your organisation, and what they may do." actions={add}>
      <Card flush>
        <Loaded query={{ ...query, data: items }}>
          {(users) => (
            <Table
              label="Users"
              columns={[
                { header: 'E-mail address', cell: ({ email, active, kind }) => <>{email} {!active && <Chip>no access</Chip>} {kind === 'service' && <Chip>service</Chip>}</> },
                { header: 'Name', wide: true, cell: ({ name }) => name },
                { header: 'Role', cell: (user) => <RoleChoice user={user} /> },
                { header: 'Since', tight: true, wide: true, cell: ({ created_at }) => <Ago time={created_at} /> },
                { header: 'Actions', bare: true, tight: true, cell: (user) => <Access user={user} onReset={() => setResetting(user)} /> },
              ]}
              rows={users}
              rowKey={({ id }) => id}
              more={query.hasNextPage && (() => void query.fetchNextPage())}
            />
          )}
        </Loaded>
      </Card>
      {adding && <AddUser onClose={() => setAdding(false)} />}
      {resetting && <ResetPassword user={resetting} onClose={() => setResetting(null)} />}
    </Page>
  )
}

/** Access ends at once, and comes back as quickly. */
function Access({ user, onReset }: { user: User; onReset: () => void }) {
  const me = useMe()
  const deactivate = useDeactivate()
  const activate = useActivate()
  const { id, email } = user
  const back = () => activate.mutate(id, { onSuccess: () => tell(`${email} has access again.`), onError: tellProblem })
  const end = () => deactivate.mutate(id, { onSuccess: () => tell(`${email} has no access any more.`, back), onError: tellProblem })
  if (id === me?.user.id) return <Chip>you</Chip>
  if (!user.active)
    return <ActionButton permission="user:manage" small look="quiet" icon={<UserCheck />} label={`Give ${email} access again`} disabled={activate.isPending} onClick={back} />
  return (
    <>
      {user.kind === 'person' && (
        <ActionButton permission="user:manage" small look="quiet" icon={<KeyRound />} label={`Set another password for ${email}`} onClick={onReset} />
      )}
      <ActionButton permission="user:manage" small look="quiet" icon={<UserX />} label={`End the access of ${email}`} disabled={deactivate.isPending} onClick={end} />
    </>
  )
}

function RoleChoice({ user }: { user: User }) {
  const me = useMe()
  const refusal = useRefusal('role:assign')
  const change = useSetRole()
  const choose = (value: string) => {
    const role = ROLES.find(([each]) => each === value)?.[0]
    const before = user.role
    const undo = () => change.mutate({ id: user.id, role: before }, { onError: tellProblem })
    if (role) change.mutate({ id: user.id, role }, { onSuccess: () => tell(`${user.email}: ${roleName(role)}.`, undo), onError: tellProblem })
  }
  return (
    <BareSelect
      label={`Role of ${user.email}`}
      value={user.role}
      disabled={refusal !== null || user.id === me?.user.id || !user.active}
      title={refusal ?? undefined}
      onChange={(event) => choose(event.target.value)}
    >
      {ROLES.map(([value]) => (
        <option key={value} value={value}>
          {roleName(value)}
        </option>
      ))}
    </BareSelect>
  )
}
