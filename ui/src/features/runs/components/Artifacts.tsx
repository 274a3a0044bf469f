import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { File, Folder as FolderIcon, FolderOpen } from 'lucide-react'

import { Card, Empty, Loaded } from '@/components'
import { bytes } from '@/format'

import { artifactsQuery } from '../api'
import { treeOf, type Folder } from '../tree'
import { Preview } from './Preview'
import styles from './artifacts.module.css'

export function Artifacts({ runId, file }: { runId: string; file: string | undefined }) {
  const query = useInfiniteQuery(artifactsQuery(runId))
  const items = query.data?.pages.flatMap((page) => page.items)
  return (
    <Card flush>
      <Loaded query={{ ...query, data: items }}>
        {(files) => {
          if (files.length === 0) {
            return (
              <Empty icon={<FolderOpen />} title="No files yet" code={'run.log_artifact("confusion_matrix.png")'}>
                Plots, tables and models that the run logs appear here.
              </Empty>
            )
          }
          const shown = files.find(({ path }) => path === file)
          return (
            <div className={styles['browser']}>
              <nav className={styles['tree']} aria-label="Files">
                <Tree runId={runId} folder={treeOf(files)} shown={file} />
              </nav>
              <div className={styles['view']}>
                {shown ? <Preview key={shown.path} runId={runId} artifact={shown} /> : <Empty icon={<File />} title="Choose a file" />}
              </div>
            </div>
          )
        }}
      </Loaded>
    </Card>
  )
}

function Tree({ runId, folder, shown }: { runId: string; folder: Folder; shown: string | undefined }) {
  return (
    <ul>
      {folder.folders.map((each) => (
        <li key={each.name}>
          <details open>
            <summary>
              <FolderIcon aria-hidden />
              {each.name}
            </summary>
            <Tree runId={runId} folder={each} shown={shown} />
          </details>
        </li>
      ))}
      {folder.files.map(({ path, size }) => (
        <li key={path}>
          <Link
            to="/runs/$runId"
            params={{ runId }}
            search={{ tab: 'artifacts', file: path }}
            replace
            aria-current={path === shown ? 'true' : undefined}
            activeProps={{}}
          >
            <File aria-hidden />
            {path.split('/').at(-1)}
            <small>{bytes(size)}</small>
          </Link>
        </li>
      ))}
    </ul>
  )
}
