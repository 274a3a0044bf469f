import { useInfiniteQuery } from '@tanstack/react-query'
import { GitCommitHorizontal } from 'lucide-react'

import { Card, Code, Empty, Facts, Grid, Loaded } from '@/components'

import { artifactsQuery, type Run } from '../api'
import { Diff } from './Diff'
import { TextFile } from './Preview'

const DIFF = 'maestro/code.diff'
const PACKAGES = 'maestro/requirements.txt'

/** Which code made the run, what was changed in it, and what it ran on. */
export function CodePart({ run }: { run: Run }) {
  const query = useInfiniteQuery(artifactsQuery(run.id))
  const files = query.data?.pages.flatMap((page) => page.items)
  const { tags } = run
  const facts: [string, string | undefined][] = [
    ['Script', tags['mlflow.source.name']],
    ['Commit', tags['mlflow.source.git.commit']],
    ['Branch', tags['mlflow.source.git.branch']],
    ['Repository', tags['mlflow.source.git.repoURL']],
    ['Changed since', tags['maestro.git.dirty'] && (tags['maestro.git.dirty'] === 'true' ? 'yes, see below' : 'no')],
    ['Directory', tags['maestro.directory']],
    ['Python', tags['maestro.python']],
    ['Machine', tags['maestro.host']],
    ['System', tags['maestro.os']],
    ['Processors', tags['maestro.cpus']],
    ['Memory', tags['maestro.memory']],
    ['Accelerators', tags['maestro.gpus']],
  ]
  const known = facts.filter((fact): fact is [string, string] => Boolean(fact[1]))
  const command = tags['maestro.command']
  if (known.length === 0) {
    return (
      <Card>
        <Empty icon={<GitCommitHorizontal />} title="Nothing is known of the code" code={'import maestro_ml\n\nwith maestro_ml.run("churn") as run:  # commit, diff, packages and machine come along\n    ...'}>
          Runs that are logged with the SDK keep their commit, the changes since, the command line and the packages.
        </Empty>
      </Card>
    )
  }
  const has = (path: string) => files?.some((file) => file.path === path)
  return (
    <>
      <Grid>
        <Card title="Code and machine"><Facts items={known} /></Card>
        {command && <Card title="Command line"><Code text={command} /></Card>}
      </Grid>
      <Loaded query={{ ...query, data: files }}>
        {() => (
          <>
            {has(DIFF) && (
              <Card title="Changes since the commit" flush>
                <TextFile runId={run.id} path={DIFF}>{(text) => <Diff text={text} />}</TextFile>
              </Card>
            )}
            {has(PACKAGES) && (
              <Card title="Packages">
                <TextFile runId={run.id} path={PACKAGES}>{(text) => <Code text={text} />}</TextFile>
              </Card>
            )}
          </>
        )}
      </Loaded>
    </>
  )
}
