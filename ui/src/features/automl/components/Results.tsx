import { useQuery } from '@tanstack/react-query'

import { Bars } from '@/charts'
import { Card, Facts, Grid, Loaded, Notice } from '@/components'
import { metric } from '@/format'

import { reportQuery, type Results as Found } from '../api'
import { Evaluation } from './Evaluation'

const SHOWN = 12

/** What the winner is like: what matters to it, its figures, its plots. */
export function Results({ results }: { results: Found }) {
  const importances = Object.entries(results.feature_importances)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([name, value]) => ({ name, value: Number(value.toPrecision(3)) }))
  return (
    <>
      <Grid least={360}>
        {importances.length > 0 && (
          <Card title="What matters most">
            <Bars label="Importance of columns" items={importances} />
          </Card>
        )}
        <Card title="Measured">
          <Facts items={Object.entries(results.metrics).map(([name, value]) => [name.replaceAll('_', ' '), metric(value)])} />
        </Card>
      </Grid>
      <Plots results={results} />
    </>
  )
}

/** The winner's plots, from the version that it became. */
function Plots({ results }: { results: Found }) {
  const { name, version } = results.best_model
  const query = useQuery(reportQuery(name, version))
  return (
    <Loaded query={query}>
      {(report) =>
        report ? (
          <Evaluation report={report} />
        ) : (
          <Notice>This search is from before plots were kept: confusion, curves and residuals are missing. A new search of the same table has them.</Notice>
        )
      }
    </Loaded>
  )
}
