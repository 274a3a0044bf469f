import { FileUp } from 'lucide-react'
import { useRef, useState, type DragEvent } from 'react'

import { Button, Dialog, ProblemPanel, ProgressBar, TextField } from '@/components'
import { bytes } from '@/format'

import { useUploadDataset, type Uploaded } from '../api'
import styles from './dataset.module.css'

interface Props {
  /** The data set that gets a new version; without one a new data set is made. */
  to?: string
  onClose: () => void
  onDone: (uploaded: Uploaded) => void
}

/** A file's name as a data set's name: only what the server takes. */
export function nameOf(file: string): string {
  return file.replace(/\.(csv|tsv|parquet|jsonl|json)?(\.(gz|zst))?$/i, '').replaceAll(/[^A-Za-z0-9 ._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '').slice(0, 120)
}

export function UploadDialog({ to, onClose, onDone }: Props) {
  const [file, setFile] = useState<File | null>(null)
  const [name, setName] = useState('')
  const [over, setOver] = useState(false)
  const stop = useRef<AbortController>(null)
  const sending = useUploadDataset()
  const choose = (chosen: File | undefined) => {
    if (!chosen) return
    setFile(chosen)
    setName(nameOf(chosen.name))
    sending.reset()
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    choose(event.dataTransfer.files[0])
  }
  const send = () => {
    if (!file) return
    stop.current = new AbortController()
    sending.mutate({ file, name, ...(to !== undefined && { to }), signal: stop.current.signal }, { onSuccess: onDone })
  }
  const close = () => {
    stop.current?.abort()
    onClose()
  }
  const footer = (
    <>
      <Button onClick={close}>Cancel</Button>
      <Button look="primary" disabled={!file || !name || sending.isPending} onClick={send}>
        {sending.isPending ? 'Uploading…' : 'Upload'}
      </Button>
    </>
  )
  const { progress } = sending
  return (
    <Dialog open onClose={close} title={to ? `New version of ${to}` : 'Upload a table'} footer={footer}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- dropping is one more way to use the label's input */}
      <label
        className={`${styles['drop']} ${over ? styles['over'] : ''}`}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <FileUp aria-hidden />
        {file ? (
          <strong>
            {file.name} · {bytes(file.size)}
          </strong>
        ) : (
          <strong>Drop a file here, or choose one</strong>
        )}
        CSV, Parquet or JSON lines; compressed ones, too
        <input className="visually-hidden" type="file" onChange={(event) => choose(event.target.files?.[0])} />
      </label>
      {!to && file && <TextField label="Name" value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />}
      {sending.isPending && (
        <div>
          <ProgressBar fraction={progress && progress.sent < progress.total ? progress.sent / progress.total : null} label="Upload" />
          {progress && (progress.sent < progress.total ? `${bytes(progress.sent)} of ${bytes(progress.total)}` : 'Reading the table…')}
        </div>
      )}
      {sending.error && sending.error.name !== 'AbortError' && <ProblemPanel error={sending.error} retry={send} />}
    </Dialog>
  )
}
