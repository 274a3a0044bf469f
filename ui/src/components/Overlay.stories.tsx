import { Copy, Trash2 } from 'lucide-react'
import { useState } from 'react'

import { Button } from './Button'
import { Confirm, Dialog } from './Dialog'
import { Menu, MenuItem } from './Menu'
import { tell } from './toast'

export function Dialogs() {
  const [open, setOpen] = useState<'dialog' | 'confirm' | null>(null)
  const close = () => setOpen(null)
  return (
    <>
      <Button onClick={() => setOpen('dialog')}>Dialog</Button> <Button onClick={() => setOpen('confirm')}>Confirm</Button>
      <Dialog open={open === 'dialog'} onClose={close} title="New experiment" told="Runs belong to experiments.">
        What it asks.
      </Dialog>
      <Confirm open={open === 'confirm'} onClose={close} title="Delete churn?" told="This cannot be undone." verb="Delete" onConfirm={close} />
    </>
  )
}

export const Menus = () => (
  <Menu trigger={<Button>More</Button>} align="start">
    <MenuItem icon={<Copy />} onSelect={() => tell('Copied.')}>Copy</MenuItem>
    <MenuItem icon={<Trash2 />} danger onSelect={() => tell('Deleted.', () => tell('It is back.'))}>Delete</MenuItem>
  </Menu>
)
