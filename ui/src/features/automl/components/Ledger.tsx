import { Card, Chip, Facts, Notice, ProgressBar } from '@/components'
import { percent, plural, span } from '@/format'

import type { Ledger } from '../api'
import { placesOf } from '../effect'
import styles from './ledger.module.css'

/** Nothing is said before there is enough: how far that is, and what happens next. */
export function TooEarly({ ledger }: { ledger: Ledger }) {
  const { cold, warm, needed, datasets, needed_datasets: neededDatasets, cold_share: share } = ledger
  const counts: [string, number, number][] = [
    ['cold starts', cold.searches, needed],
    ['warm starts', warm.searches, needed],
    ['data sets', datasets, neededDatasets],
  ]
  return (
    <Card title={`Too early: ${cold.searches} of ${needed} cold starts`}>
      <div className={styles['waiting']}>
        <ul aria-label="What is there, and what is needed">
          {counts.map(([name, there, wanted]) => (
            <li key={name}>
              <span>
                {there} of {wanted} {name}
              </span>
              <ProgressBar fraction={Math.min(1, there / wanted)} label={name} />
            </li>
          ))}
        </ul>
        <p>
          {share > 0
            ? `Nothing has to be done. Of the searches that could begin with the memory, ${percent(share)} are drawn at random to begin without; when enough of both have ended, the comparison stands here, with its interval.`
            : 'No search is drawn to begin without the memory, since the installation sets the share to 0: there will be no comparison.'}
        </p>
        <About ledger={ledger} />
      </div>
    </Card>
  )
}

const MEASURES = {
  evaluations: { title: 'Evaluations to the same score', shown: (value: number) => plural(Math.round(value * 10) / 10, 'evaluation') },
  seconds: { title: 'Time to the same score', shown: (value: number) => span(value) },
} as const

const VERDICTS = {
  warm_sooner: 'Warm starts are sooner',
  cold_sooner: 'Cold starts are sooner',
  no_difference: 'No difference can be told',
} as const

/** Warm against cold, with the interval that the draw allows to give. */
export function Effects({ ledger }: { ledger: Ledger }) {
  return (
    <Card title="Warm against cold">
      <div className={styles['waiting']}>
        <p className={styles['summary']}>{ledger.summary}</p>
        <div className={styles['effects']}>
          {ledger.effects.map((effect) => (
            <Effect key={effect.measure} effect={effect} />
          ))}
        </div>
        {ledger.effects.some(({ verdict }) => verdict === 'cold_sooner') && (
          <Notice kind="warning">The memory does harm here. Begin searches without it until the tables of the team are more alike.</Notice>
        )}
        <About ledger={ledger} />
      </div>
    </Card>
  )
}

/** The ratio of warm to cold on a line where 1 is no difference: left of it, warm starts need less. */
function Effect({ effect: { measure, warm, cold, ratio, verdict } }: { effect: Ledger['effects'][number] }) {
  const { title, shown } = MEASURES[measure]
  const { low, high, estimate, one } = placesOf(ratio)
  const words = `${ratio.estimate.toFixed(2)} times, 95 % interval ${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)}`
  return (
    <figure className={styles['effect']}>
      <figcaption>
        {title} <Chip strong={verdict === 'warm_sooner'}>{VERDICTS[verdict]}</Chip>
      </figcaption>
      <div className={styles['line']} role="img" aria-label={`${title}: ${words}`} style={{ '--low': `${low}%`, '--width': `${high - low}%`, '--at': `${estimate}%`, '--one': `${one}%` }} />
      <div className={styles['ends']} aria-hidden>
        <span>warm needs less</span>
        <span>the same</span>
        <span>warm needs more</span>
      </div>
      <p>
        Warm {shown(warm)}, cold {shown(cold)}: {words}.
      </p>
    </figure>
  )
}

function About({ ledger: { target, warm, cold, left_out: out } }: { ledger: Ledger }) {
  return (
    <details>
      <summary>How it is counted</summary>
      <Facts
        items={[
          ['The score to reach', target],
          ['Warm starts', `${plural(warm.searches, 'search', 'searches')} of ${plural(warm.datasets, 'data set')}, ${warm.reached} reached it`],
          ['Cold starts', `${plural(cold.searches, 'search', 'searches')} of ${plural(cold.datasets, 'data set')}, ${cold.reached} reached it`],
          ['Left out', `${plural(out, 'search', 'searches')} for which nothing was drawn`],
        ]}
      />
    </details>
  )
}
