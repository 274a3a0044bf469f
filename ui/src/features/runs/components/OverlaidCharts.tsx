import { useQuery } from '@tanstack/react-query'
import { Maximize2 } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'

import { LineChart, preloadLines, useSeen, type ChartSearch, type XAxis } from '@/charts'
import { Button, Card, Empty, Grid, ProblemPanel, Skeleton } from '@/components'

import { detailQuery, historiesQuery, type RunHistory } from '../api'
import { partOf, seriesOf, settingsOf, withDetail, X_NAMES, type ChartSettings } from '../series'
import { ChartControls } from './ChartControls'
import styles from './charts.module.css'

interface ChartedRun {
  id: string
  name: string
  live: boolean
}

interface Props {
  runs: ChartedRun[]
  metrics: string[]
  search: ChartSearch
  onSearch: (search: ChartSearch) => void
}

/** Charts that are read together. */
const TOGETHER = 6

/** A chart for each metric, with a line for each run; those that nobody scrolls to are not read. */
export function OverlaidCharts({ runs, metrics, search, onSearch }: Props) {
  const find = (search.find ?? '').toLowerCase()
  const matching = metrics.filter((key) => key.toLowerCase().includes(find))
  const groups = Array.from({ length: Math.ceil(matching.length / TOGETHER) }, (_, index) => matching.slice(index * TOGETHER, (index + 1) * TOGETHER))
  return (
    <div className={styles['stack']}>
      <ChartControls search={search} onSearch={onSearch} />
      {groups.map((keys) => (
        <ChartGroup key={keys.join('\n')} keys={keys} runs={runs} settings={settingsOf(search)} />
      ))}
      {matching.length === 0 && <Empty icon={null} title={metrics.length === 0 ? 'No metric yet' : 'No metric has this in its name'} />}
    </div>
  )
}

function ChartGroup({ keys, runs, settings }: { keys: string[]; runs: ChartedRun[]; settings: ChartSettings }) {
  const [frame, seen] = useSeen()
  useEffect(() => {
    if (seen) preloadLines()
  }, [seen])
  const query = useQuery({ ...historiesQuery(runs.map(({ id }) => id), keys, runs.some(({ live }) => live)), enabled: seen })
  const byKey = useMemo(() => Map.groupBy(query.data?.items ?? [], ({ key }) => key), [query.data])
  return (
    <div ref={frame}>
      {query.error && !query.data ? (
        <ProblemPanel error={query.error} retry={() => void query.refetch()} />
      ) : (
        <Grid least={420}>
          {keys.map((key) => (
            <MetricChart key={key} metric={key} runs={runs} histories={query.data && (byKey.get(key) ?? [])} settings={settings} />
          ))}
        </Grid>
      )}
    </div>
  )
}

/** What lies in the part of the axis that somebody zoomed to, where the whole shows only extremes. */
function useDetail(metric: string, runs: ChartedRun[], histories: RunHistory[] | undefined, x: XAxis) {
  const [seen, setSeen] = useState<{ x: XAxis; ends: [number, number] } | null>(null)
  const thinned = (histories ?? []).filter((history) => history.thinned)
  const part = seen?.x === x && thinned.length > 0 ? partOf(seen.ends, x, thinned) : null
  const { data } = useQuery(detailQuery(thinned.map(({ run_id }) => run_id), metric, part, runs.some(({ live }) => live)))
  const shown = part ? data : undefined
  const byRun = useMemo(() => new Map((shown?.items ?? []).map((item) => [item.run_id, item])), [shown])
  const onZoom = useCallback((ends: [number, number] | null) => setSeen(ends && { x, ends }), [x])
  return { byRun, onZoom }
}

interface ChartProps {
  metric: string
  runs: ChartedRun[]
  histories: RunHistory[] | undefined
  settings: ChartSettings
}

function MetricChart({ metric, runs, histories, settings }: ChartProps) {
  const { x, smoothing, logarithmic } = settings
  const frame = useRef<HTMLDivElement>(null)
  const [full, setFull] = useState(false)
  useEffect(() => {
    const onChange = () => setFull(document.fullscreenElement !== null && document.fullscreenElement === frame.current)
    document.addEventListener('fullscreenchange', onChange)
    return () => document.removeEventListener('fullscreenchange', onChange)
  }, [])
  const detail = useDetail(metric, runs, histories, x)
  const series = useMemo(() => {
    const place = new Map(runs.map(({ id }, index) => [id, index]))
    return (histories ?? []).map((history) => {
      const index = place.get(history.run_id) ?? 0
      const known = withDetail(history, detail.byRun.get(history.run_id))
      return seriesOf(known, runs[index]?.name ?? '', index, { x, smoothing, logarithmic })
    })
  }, [detail.byRun, histories, logarithmic, runs, smoothing, x])
  const enlarge = (
    <Button small look="quiet" icon={<Maximize2 />} label={`${metric} on the whole screen`} onClick={() => void (full ? document.exitFullscreen() : frame.current?.requestFullscreen())} />
  )
  return (
    <div ref={frame} className={styles['frame']}>
      <Card title={metric} actions={enlarge}>
        {histories ? (
          <LineChart label={metric} series={series} xLabel={X_NAMES[x]} clock={x === 'time'} logarithmic={logarithmic} onZoom={detail.onZoom} height={full ? Math.max(240, window.innerHeight - 180) : 240} />
        ) : (
          <Skeleton block lines={0} />
        )}
      </Card>
    </div>
  )
}
