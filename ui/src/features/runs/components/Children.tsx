import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { GitBranch } from 'lucide-react'

import { Ago, ButtonLink, Card, Empty, Loaded, Status, Table } from '@/components'
import { between } from '@/format'

import { childrenQuery } from '../api'

export function Children({ runId }: { runId: string }) {
  const query = useInfiniteQuery(childrenQuery(runId))
  const items = query.data?.pages.flatMap((page) => page.items)
  const compare = items && items.length > 1 && (
    <ButtonLink small to="/compare" search={{ runs: items.slice(0, 100).map(({ id }) => id) }}>
      Compare all
    </ButtonLink>
  )
  return (
    <Card flush title="Children" actions={compare}>
      <Loaded query={{ ...query, data: items }}>
        {(runs) =>
          runs.length === 0 ? (
            <Empty icon={<GitBranch />} title="No children" code={'with maestro_ml.run("churn") as whole:\n    with maestro_ml.run(name="fold-1") as fold:  # a run inside another is its child\n        fold.log({"auc": 0.91})'}>
              Folds, trials and stages of a run can be runs of their own.
            </Empty>
          ) : (
            <Table
              label="Children"
              columns={[
                { header: 'Run', cell: ({ id, name }) => <Link to="/runs/$runId" params={{ runId: id }}>{name}</Link> },
                { header: 'Status', cell: ({ status }) => <Status state={status} /> },
                { header: 'Started', wide: true, cell: ({ started_at }) => <Ago time={started_at} /> },
                { header: 'Duration', number: true, cell: (run) => between(run.started_at, run.ended_at) },
              ]}
              rows={runs}
              rowKey={({ id }) => id}
              more={query.hasNextPage && (() => void query.fetchNextPage())}
            />
          )
        }
      </Loaded>
    </Card>
  )
}
