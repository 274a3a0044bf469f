import { useQuery } from '@tanstack/react-query'
import { Pencil } from 'lucide-react'
import { useState } from 'react'

import { ActionButton } from '@/access'
import { Button, Card, Loaded, ProblemPanel, TextArea } from '@/components'

import { noteQuery, useSaveNote } from '../api'
import { Markdown } from './Markdown'
import styles from './charts.module.css'

/** What people have to say about a run. */
export function NoteCard({ runId }: { runId: string }) {
  const note = useQuery(noteQuery(runId))
  const [draft, setDraft] = useState<{ content: string; tag: string | null } | null>(null)
  const save = useSaveNote(runId)
  const edit = (
    <ActionButton permission="experiment:write" small icon={<Pencil />} onClick={() => setDraft(note.data ?? null)}>
      Edit
    </ActionButton>
  )
  if (draft) {
    return (
      <Card title="Note">
        <div className={styles['stack']}>
          <TextArea
            label="Note in Markdown"
            maxLength={8000}
            rows={8}
            value={draft.content}
            onChange={(event) => setDraft({ ...draft, content: event.target.value })}
          />
          {save.error && <ProblemPanel error={save.error} />}
          <div className={styles['controls']}>
            <Button look="primary" disabled={save.isPending} onClick={() => save.mutate(draft, { onSuccess: () => setDraft(null) })}>
              Save
            </Button>
            <Button onClick={() => setDraft(null)}>Cancel</Button>
          </div>
        </div>
      </Card>
    )
  }
  return (
    <Card title="Note" actions={note.data && edit}>
      <Loaded query={note}>{({ content }) => (content ? <Markdown text={content} /> : 'Say why this run was made, and what came of it.')}</Loaded>
    </Card>
  )
}
