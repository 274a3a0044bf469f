import { useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'

import { Button, CopyButton, Loaded, Notice, Table, tellProblem } from '@/components'
import { bytes, plural } from '@/format'

import { fetchArtifact, type Artifact } from '../api'
import { previewOf, rowsOf } from '../tree'
import { Diff } from './Diff'
import { Markdown } from './Markdown'
import { Notebook } from './Notebook'
import { Sandbox } from './Sandbox'
import styles from './artifacts.module.css'

const LARGEST = 10_000_000
const ROWS = 100

/** A file as what it is; whatever could run is shut in a frame without scripts, forms or an origin. */
export function Preview({ runId, artifact }: { runId: string; artifact: Artifact }) {
  const { path, size } = artifact
  const kind = size > LARGEST ? 'none' : previewOf(path)
  const name = path.split('/').at(-1) ?? path
  const save = async () => {
    try {
      const url = URL.createObjectURL(await fetchArtifact(runId, path))
      Object.assign(document.createElement('a'), { href: url, download: name }).click()
      setTimeout(() => URL.revokeObjectURL(url), 60_000)
    } catch (error) {
      tellProblem(error)
    }
  }
  return (
    <>
      <header>
        <strong>{name}</strong>
        {bytes(size)}
        <CopyButton text={path} label="Copy the path" />
        <Button small icon={<Download />} onClick={() => void save()}>
          Download
        </Button>
      </header>
      <div className={styles['body']}>
        {kind === 'none' ? (
          <Notice>{size > LARGEST ? 'This file is large; download it to look inside.' : 'There is no preview for this kind of file.'}</Notice>
        ) : kind === 'html' || kind === 'drawing' ? (
          <Sandbox runId={runId} path={path} scripts={kind === 'html'} />
        ) : kind === 'image' ? (
          <Picture runId={runId} path={path} />
        ) : (
          <Text runId={runId} path={path} kind={kind} />
        )}
      </div>
    </>
  )
}

function useFile(runId: string, path: string) {
  return useQuery({
    queryKey: ['artifact', runId, path],
    queryFn: ({ signal }) => fetchArtifact(runId, path, signal),
    staleTime: 60_000,
  })
}

function Shown({ file, path }: { file: Blob; path: string }) {
  const frame = useRef<HTMLImageElement>(null)
  useEffect(() => {
    const ending = path.split('.').at(-1)?.toLowerCase() ?? ''
    const url = URL.createObjectURL(new Blob([file], { type: TYPES[ending] ?? `image/${ending}` }))
    frame.current?.setAttribute('src', url)
    return () => URL.revokeObjectURL(url)
  }, [file, path])
  return <img ref={frame} alt={path} />
}

const TYPES: Record<string, string> = { jpg: 'image/jpeg' }

function Picture({ runId, path }: { runId: string; path: string }) {
  const query = useFile(runId, path)
  return <Loaded query={query}>{(file) => <Shown file={file} path={path} />}</Loaded>
}

/** The text of a file, for whoever shows it. */
export function TextFile({ runId, path, children }: { runId: string; path: string; children: (text: string) => React.ReactNode }) {
  const file = useFile(runId, path)
  const text = useQuery({
    queryKey: ['artifact-text', runId, path],
    queryFn: () => file.data?.text() ?? '',
    enabled: file.data !== undefined,
  })
  return <Loaded query={{ ...text, error: file.error ?? text.error, refetch: file.refetch }}>{children}</Loaded>
}

function Text({ runId, path, kind }: { runId: string; path: string; kind: 'table' | 'json' | 'notebook' | 'markdown' | 'text' }) {
  return (
    <TextFile runId={runId} path={path}>
      {(content) => {
        if (kind === 'table') return <Rows text={content} separator={path.endsWith('.tsv') ? '\t' : ','} />
        if (kind === 'markdown') return <Markdown text={content} />
        if (kind === 'notebook') return <Notebook text={content} />
        if (/\.(diff|patch)$/i.test(path)) return <Diff text={content} />
        return <Long text={kind === 'json' ? pretty(content) : content} />
      }}
    </TextFile>
  )
}

const CHARACTERS = 100_000

function Long({ text }: { text: string }) {
  const [shown, setShown] = useState(CHARACTERS)
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard */}
      <pre tabIndex={0}>{text.slice(0, shown)}</pre>
      {text.length > shown && (
        <Button look="quiet" onClick={() => setShown(shown + 10 * CHARACTERS)}>
          Show more of {bytes(text.length)}
        </Button>
      )}
    </>
  )
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

function Rows({ text, separator }: { text: string; separator: string }) {
  const [most, setMost] = useState(ROWS)
  const [head = [], ...rows] = useMemo(() => rowsOf(text, separator, most + 1), [most, separator, text])
  const columns = head.map((header, index) => ({ header, cell: (row: string[]) => row[index] ?? '' }))
  const keyed = rows.map((row, index) => Object.assign([...row], { place: String(index) }))
  return (
    <>
      <Table label="Rows of the file" columns={columns} rows={keyed} rowKey={(row) => (row as (typeof keyed)[number]).place} />
      {rows.length === most && (
        <Button look="quiet" onClick={() => setMost(10 * most)}>
          The first {plural(most, 'row')}; show more
        </Button>
      )}
    </>
  )
}
