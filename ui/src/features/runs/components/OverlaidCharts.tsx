import { useQueries } from '@tanstack/react-query'
import { useState } from 'react'

import { LineChart } from '@/charts'
import { Button, Card, Grid, ProblemPanel, Skeleton } from '@/components'

import { historiesQuery } from '../api'
import { seriesOf, type ChartSettings } from '../series'
import { ChartControls } from './ChartControls'
import styles from './charts.module.css'

interface Props {
  runs: { id: string; name: string; live: boolean }[]
  metrics: string[]
}

const FIRST = 6

/** A chart for each metric, with a line for each run. */
export function OverlaidCharts({ runs, metrics }: Props) {
  const [settings, setSettings] = useState<ChartSettings>({ x: 'step', smoothing: 0, logarithmic: false })
  const [text, setText] = useState('')
  const [shown, setShown] = useState(FIRST)
  const matching = metrics.filter((key) => key.toLowerCase().includes(text.toLowerCase()))
  const keys = matching.slice(0, shown)
  return (
    <div className={styles['stack']}>
      <ChartControls settings={settings} onSettings={setSettings} text={text} onText={setText} />
      <Grid least={420}>
        {keys.map((key) => (
          <Card key={key} title={key}>
            <MetricChart metric={key} runs={runs} settings={settings} />
          </Card>
        ))}
      </Grid>
      {matching.length > shown && (
        <Button onClick={() => setShown(shown + FIRST)}>Show {Math.min(FIRST, matching.length - shown)} more of {matching.length}</Button>
      )}
    </div>
  )
}

function MetricChart({ metric, runs, settings }: { metric: string; runs: Props['runs']; settings: ChartSettings }) {
  const answers = useQueries({ queries: runs.map(({ id, live }) => historiesQuery(id, [metric], live)) })
  const failed = answers.find(({ error }) => error)
  if (failed) return <ProblemPanel error={failed.error} retry={() => void failed.refetch()} />
  if (answers.every(({ isPending }) => isPending)) return <Skeleton block lines={0} />
  const series = answers.flatMap(({ data }, index) => {
    const history = data?.items[0]
    return history ? [seriesOf(history, runs[index]?.name ?? '', index, settings)] : []
  })
  return <LineChart label={metric} series={series} xLabel={settings.x === 'step' ? 'step' : 'seconds'} logarithmic={settings.logarithmic} />
}
