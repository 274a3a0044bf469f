import { Compass } from 'lucide-react'

import { ButtonLink, Empty, Page } from '@/components'

export function NotFound() {
  const action = (
    <ButtonLink look="primary" to="/">
      Go home
    </ButtonLink>
  )
  return (
    <Page title="Not found">
      <Empty icon={<Compass />} title="There is no page at this address" action={action}>
        It may have been moved, or the address is not complete.
      </Empty>
    </Page>
  )
}
