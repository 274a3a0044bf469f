import { Plus, Trash2 } from 'lucide-react'

import { Button, ButtonLink } from './Button'

export const Looks = () => (
  <>
    <Button look="primary">Primary</Button> <Button>Plain</Button> <Button look="quiet">Quiet</Button>{' '}
    <Button look="danger" icon={<Trash2 />}>Delete</Button> <Button disabled>Disabled</Button>
  </>
)

export const Small = () => (
  <>
    <Button small icon={<Plus />}>Add</Button> <Button small look="quiet" icon={<Plus />} label="Add" />
  </>
)

export const Link = () => <ButtonLink look="primary" to="/">Go home</ButtonLink>
