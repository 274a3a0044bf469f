import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'

import { Toasts } from '@/components'

import { ActionButton } from './ActionButton'
import { meQuery, rolesQuery, type Permission } from './me'

function show(permissions: Permission[], onClick: () => void) {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  queries.setQueryData(meQuery.queryKey, {
    user: { id: '1', kind: 'person', email: 'vera@example.com', name: 'Vera', role: 'viewer', active: true, created_at: '' },
    tenant: { id: '1', name: 'Acme', created_at: '' },
    permissions,
  })
  queries.setQueryData(rolesQuery.queryKey, [
    { role: 'viewer', permissions: ['model:read'] },
    { role: 'ml_engineer', permissions: ['model:read', 'model:delete'] },
    { role: 'admin', permissions: ['model:read', 'model:delete'] },
  ])
  render(
    <QueryClientProvider client={queries}>
      <ActionButton permission="model:delete" onClick={onClick}>
        Delete
      </ActionButton>
      <Toasts />
    </QueryClientProvider>,
  )
}

it('does what it says for who may', async () => {
  const onClick = vi.fn<() => void>()
  show(['model:delete'], onClick)
  await userEvent.click(screen.getByRole('button', { name: 'Delete' }))
  expect(onClick).toHaveBeenCalledOnce()
})

it('says who can, for who may not', async () => {
  const onClick = vi.fn<() => void>()
  show([], onClick)
  await userEvent.click(screen.getByRole('button', { name: 'Delete' }))
  expect(onClick).not.toHaveBeenCalled()
  expect(screen.getByRole('status')).toHaveTextContent('it needs model:delete, which comes with the role ML engineer. An administrator of Acme')
})
