import { HistogramBars, Plane } from '@/charts'
import { Card, Facts, Grid } from '@/components'
import { count, metric } from '@/format'

import type { Report } from '../api'
import { ConfusionMatrix } from './ConfusionMatrix'
import styles from './evaluation.module.css'

const UNIT: { x: [number, number]; y: [number, number] } = { x: [0, 1], y: [0, 1] }

/** How a model did on rows that it was not trained on, drawn. */
export function Evaluation({ report }: { report: Report }) {
  if (report.classification) return <Classes found={report.classification} target={report.target} />
  return report.regression ? <Residuals found={report.regression} target={report.target} /> : null
}

type Classified = NonNullable<Report['classification']>

function Classes({ found, target }: { found: Classified; target: string }) {
  const { curves } = found
  const one = curves.length === 1 ? curves[0] : undefined
  const named = (what: string) => (one ? `${what}, ${target} = ${one.label}` : what)
  const withArea = (label: string, area: number) => `${label} (${metric(area)})`
  return (
    <Grid least={440}>
      {found.confusion && <ConfusionMatrix classes={found.classes} counts={found.confusion} />}
      {curves.length > 0 && (
        <>
          <Card title={named('ROC')}>
            <Plane
              label="ROC"
              xLabel="False positive rate"
              yLabel="True positive rate"
              ends={UNIT}
              diagonal
              series={curves.map(({ label, roc }, colour) => ({ name: withArea(label, roc.area), x: roc.x, y: roc.y, colour }))}
            />
            {one && <p className={styles['note']}>Area under the curve {metric(one.roc.area)}; chance has 0.5, the dashed line.</p>}
          </Card>
          <Card title={named('Precision and recall')}>
            <Plane
              label="Precision and recall"
              xLabel="Recall"
              yLabel="Precision"
              ends={UNIT}
              series={curves.map(({ label, precision_recall: line }, colour) => ({ name: withArea(label, line.area), x: line.x, y: line.y, colour }))}
            />
            {one && <p className={styles['note']}>Average precision {metric(one.precision_recall.area)}; chance has {metric(one.positives / found.rows)}.</p>}
          </Card>
          <Card title={named('Calibration')}>
            <Plane
              label="Calibration"
              xLabel="Probability that the model gave"
              yLabel="Share that was of the class"
              ends={UNIT}
              diagonal
              series={curves.map(({ label, calibration }, colour) => ({
                name: label,
                x: calibration.map(({ predicted }) => predicted),
                y: calibration.map(({ observed }) => observed),
                colour,
              }))}
            />
            <p className={styles['note']}>
              On the dashed line a probability means what it says.
              {one && ` Brier score ${metric(one.brier)}; ${one.calibration.map(({ rows }) => count(rows)).join(', ')} rows from left to right.`}
            </p>
          </Card>
        </>
      )}
    </Grid>
  )
}

type Regressed = NonNullable<Report['regression']>

function Residuals({ found, target }: { found: Regressed; target: string }) {
  const { actual, predicted, edges, counts, quantiles, rows } = found
  const all = [...actual, ...predicted]
  const [low, high] = [Math.min(...all), Math.max(...all)]
  const space = (high - low) * 0.04 || 1
  const ends: [number, number] = [low - space, high + space]
  const residuals = actual.map((truth, index) => truth - (predicted[index] ?? 0))
  const shown = actual.length < rows ? `${count(actual.length)} of ${count(rows)} rows, drawn evenly` : `${count(rows)} rows`
  return (
    <Grid least={440}>
      <Card title="Predicted and actual">
        <Plane label="Predicted and actual" xLabel={`Predicted ${target}`} yLabel={`Actual ${target}`} ends={{ x: ends, y: ends }} diagonal series={[{ name: 'row', x: predicted, y: actual, colour: 0, points: true }]} />
        <p className={styles['note']}>{shown}; on the dashed line both are equal.</p>
      </Card>
      <Card title="Residuals">
        <Plane label="Residuals" xLabel={`Predicted ${target}`} yLabel="Actual less predicted" series={[{ name: 'row', x: predicted, y: residuals, colour: 1, points: true }]} />
        <p className={styles['note']}>A funnel or a bow tells of something that the model does not see.</p>
      </Card>
      <Card title="How far off it is">
        <HistogramBars counts={counts} told={`Residuals from ${metric(edges[0])} to ${metric(edges.at(-1))}`} />
        <div className={styles['ends']}>
          <span>{metric(edges[0])}</span>
          <span>{metric(edges.at(-1))}</span>
        </div>
        <Facts items={['5 %', '25 %', 'Half', '75 %', '95 %'].map((name, index) => [`${name} of the residuals are below`, metric(quantiles[index])])} />
      </Card>
    </Grid>
  )
}
