import { useState } from 'react'

import { Button, Dialog, ProblemPanel, TextArea } from '@/components'

import { readTags, writeTags, type Tags } from '../tags'

interface Props {
  title: string
  description: string
  tags: Tags
  busy: boolean
  error: unknown
  onSave: (changed: { description: string; tags: Tags }) => void
  onClose: () => void
}

/** The description and the tags of a model or a version. */
export function EditDialog({ title, description, tags, busy, error, onSave, onClose }: Props) {
  const [text, setText] = useState(description)
  const [lines, setLines] = useState(() => writeTags(tags))
  const read = readTags(lines)
  const footer = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button look="primary" disabled={busy || read.wrong !== null} onClick={() => onSave({ description: text.trim(), tags: read.tags })}>
        Save
      </Button>
    </>
  )
  return (
    <Dialog open onClose={onClose} title={title} footer={footer}>
      <TextArea label="Description" rows={5} maxLength={5000} value={text} onChange={(event) => setText(event.target.value)} hint="What it is for, what it must not be used for, who answers for it." />
      <TextArea label="Tags" rows={4} value={lines} onChange={(event) => setLines(event.target.value)} wrong={read.wrong} hint="One a line, as key=value" />
      {error !== null && error !== undefined && <ProblemPanel error={error} />}
    </Dialog>
  )
}
