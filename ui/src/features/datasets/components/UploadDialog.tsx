import { FileUp } from 'lucide-react'
import { useRef, useState, type DragEvent } from 'react'

import { Ago, Button, Dialog, Notice, ProblemPanel, ProgressBar, TextField } from '@/components'
import { bytes } from '@/format'

import { useUploadDataset } from '../api'
import { forget, keptUploads, type Uploaded } from '../resume'
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
  const [kept, setKept] = useState(keptUploads)
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
      {!file &&
        kept.slice(0, 2).map(({ id, file: called, size, at }) => (
          <Notice key={id}>
            {called} ({bytes(size)}) stopped on its way <Ago time={new Date(at).toISOString()} />. Choose the same file to go on where it stopped, or{' '}
            <Button
              small
              onClick={() => {
                forget(id)
                setKept(keptUploads())
              }}
            >
              give it up
            </Button>
          </Notice>
        ))}
      {sending.isPending && <Sent progress={progress} />}
      {sending.error && sending.error.name !== 'AbortError' && <ProblemPanel error={sending.error} retry={send} />}
    </Dialog>
  )
}

/** How much of the file is there; a screen reader is told when that stops and goes on. */
function Sent({ progress }: { progress: ReturnType<typeof useUploadDataset>['progress'] }) {
  const going = progress && !progress.waiting && progress.sent < progress.total
  return (
    <div className={styles['sent']}>
      <ProgressBar fraction={going ? progress.sent / progress.total : null} label="Upload" />
      {going && `${bytes(progress.sent)} of ${bytes(progress.total)}`}
      <span aria-live="polite">
        {progress?.waiting && 'The server does not answer. What has arrived stays there; this goes on as soon as it is back.'}
        {progress && !progress.waiting && !going && 'Reading the table…'}
      </span>
    </div>
  )
}
