import { useState } from 'react'

import { Button, Dialog, ProblemPanel, tell, TextArea } from '@/components'

import { useDescribeDataset } from '../api'

export function DescribeDialog({ dataset, description, onClose }: { dataset: string; description: string; onClose: () => void }) {
  const [text, setText] = useState(description)
  const describe = useDescribeDataset(dataset)
  const save = () =>
    describe.mutate(text.trim(), {
      onSuccess: () => {
        onClose()
        tell('The description is saved.', () => describe.mutate(description))
      },
    })
  const footer = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button look="primary" disabled={describe.isPending} onClick={save}>Save</Button>
    </>
  )
  return (
    <Dialog open onClose={onClose} title={`Describe ${dataset}`} footer={footer}>
      <TextArea label="Description" rows={5} maxLength={10_000} value={text} onChange={(event) => setText(event.target.value)} hint="Where it comes from, what a row is, who knows more." />
      {describe.error && <ProblemPanel error={describe.error} />}
    </Dialog>
  )
}
