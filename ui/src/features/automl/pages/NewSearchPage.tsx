import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'

import { Card, Loaded, Page } from '@/components'
import { datasetsQuery, ProfileTable, profileQuery, UploadDialog } from '@/features/datasets'

import { useStartSearch } from '../api'
import styles from '../components/automl.module.css'
import { SearchForm, targetOf } from '../components/SearchForm'
import { Tried } from '../components/Tried'
import type { AutomlSearch } from '../search'

const route = getRouteApi('/inside/automl/new')

export default function NewSearchPage() {
  const asked = route.useSearch()
  const { dataset = '' } = asked
  const move = route.useNavigate()
  const navigate = useNavigate()
  const datasets = useInfiniteQuery(datasetsQuery())
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = datasets
  const more = hasNextPage && !isFetchingNextPage && !isFetchNextPageError
  // Whoever chooses wants to see all of them.
  useEffect(() => {
    if (more) void fetchNextPage()
  }, [more, fetchNextPage])
  const profile = useQuery(profileQuery(dataset, 'latest'))
  const [uploading, setUploading] = useState(false)
  const start = useStartSearch()
  const columns = profile.data?.columns ?? []
  const ask = (changed: AutomlSearch) => {
    start.reset()
    void move({ search: changed, replace: true, resetScroll: false })
  }
  const names = datasets.data?.pages.flatMap(({ items }) => items.map(({ name }) => name)) ?? []
  return (
    <Page title="Find the best model" crumbs={[<Link key="up" to="/automl">AutoML</Link>]}>
      <div className={styles['form']}>
        <Card>
          <SearchForm
            asked={asked}
            datasets={dataset && !names.includes(dataset) ? [dataset, ...names] : names}
            columns={columns}
            busy={start.isPending}
            error={start.error}
            onChange={ask}
            onUpload={() => setUploading(true)}
            onStart={(request) => start.mutate(request, { onSuccess: ({ job_id }) => void navigate({ to: '/automl/$jobId', params: { jobId: job_id } }) })}
          />
        </Card>
        <div className={styles['profile']}>
          <Tried warm={asked.memory !== false} />
          {dataset ? (
            <Loaded query={profile}>{(loaded) => <ProfileTable profile={loaded} target={targetOf(asked, loaded.columns)} />}</Loaded>
          ) : (
            <Card>Choose a table to see what is in it.</Card>
          )}
        </div>
      </div>
      {uploading && (
        <UploadDialog
          onClose={() => setUploading(false)}
          onDone={({ dataset_name }) => {
            setUploading(false)
            ask({ dataset: dataset_name })
          }}
        />
      )}
    </Page>
  )
}
