import { LineChart } from '@/charts'
import { Card } from '@/components'

import { metricName, scoreOf } from '../metrics'

interface Point {
  at: number
  score: number | null
  best: number | null
}

/** Every trial's score, and the best until then, by the second of the search. */
export function ScoreOverTime({ history, metric }: { history: Point[]; metric: string }) {
  if (history.length < 2) return null
  const xs = history.map(({ at }) => at)
  return (
    <Card title="Score over time">
      <LineChart
        label={metricName(metric)}
        xLabel="seconds"
        logarithmic={false}
        series={[
          { name: 'Best so far', xs, ys: history.map(({ best }) => scoreOf(metric, best)), colour: 0 },
          { name: 'Trial', xs, ys: history.map(({ score }) => scoreOf(metric, score)), colour: 1 },
        ]}
      />
    </Card>
  )
}
