import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Lightbulb, RotateCw } from 'lucide-react'

import { ActionButton } from '@/access'
import { ApiError } from '@/api'
import { BareSelect, Card, Empty, Grid, Loaded, Notice, ProblemPanel, Skeleton, tellProblem } from '@/components'
import type { Hint, SignatureColumn } from '@/features/deployments'

import { isMade, modelExplanationQuery, remake, type Explanation } from '../api'
import type { ExplainSearch } from '../search'
import { DependenceCard } from './Dependence'
import styles from './explain.module.css'
import { ImportanceCard } from './Importance'
import { Local } from './Local'
import { SlicesCard } from './Slices'
import { SummaryCard } from './Summary'

interface Props {
  name: string
  version: number
  /** What the model predicts, if it says so. */
  target: string | undefined
  inputs: SignatureColumn[]
  example: unknown
  hints: Hint[]
  search: ExplainSearch
  onSearch: (search: ExplainSearch) => void
}

/** Why a model version says what it says: as a whole, and for single rows. */
export function Explanations(props: Props) {
  const { name, version } = props
  const query = useQuery(modelExplanationQuery(name, version))
  const code = query.error instanceof ApiError ? query.error.code : null
  if (code === 'explain.failed') return <Failed name={name} version={version} error={query.error} />
  if (code === 'explain.background_missing') return <NothingToCompare name={name} version={version} />
  return (
    <section className={styles['section']} id="explanations" aria-label="Explanations" ref={reach}>
      <Loaded query={query} waiting={<BeingMade />}>
        {(answer) => (isMade(answer) ? <Whole found={answer} {...props} /> : <BeingMade />)}
      </Loaded>
    </section>
  )
}

/** Whoever follows a link to the explanations wants to see them, though they come after the page. */
function reach(section: HTMLElement): void {
  if (location.hash === '#explanations') section.scrollIntoView()
}

/** A number is the target itself, a class one of its values. */
function namedOutput(output: string, target: string | undefined): string {
  if (target === undefined) return output
  return output === 'prediction' ? target : `${target} = ${output}`
}

function BeingMade() {
  return (
    <Card title="What matters to this model">
      <p className={styles['quiet']}>A job is working it out. That takes some seconds, once.</p>
      <Skeleton lines={4} />
    </Card>
  )
}

function NothingToCompare({ name, version }: { name: string; version: number }) {
  return (
    <Empty icon={<Lightbulb />} title="Explanations need rows to compare with" code={`maestro explain ${name}/${version} --dataset NAME --target COLUMN`}>
      This version names no data set and has no input example. Name a data set that has the model’s columns.
    </Empty>
  )
}

function Failed({ name, version, error }: { name: string; version: number; error: unknown }) {
  const queries = useQueryClient()
  const again = () => void remake(name, version).then(() => queries.resetQueries(modelExplanationQuery(name, version)), tellProblem)
  return (
    <Card title="Explanations">
      <ProblemPanel error={error} />
      <ActionButton permission="job:submit" icon={<RotateCw />} onClick={again}>
        Explain again
      </ActionButton>
    </Card>
  )
}

function Whole({ found, search, onSearch, ...props }: Props & { found: Explanation }) {
  const { outputs, model_view: view, warnings = [] } = found
  if (!view) return null
  const output = outputs.includes(search.output ?? '') ? (search.output ?? '') : (outputs[0] ?? '')
  const place = outputs.indexOf(output)
  const told = namedOutput(output, props.target)
  const { row, typed, ...rest } = search
  const change = (changed: ExplainSearch) => onSearch({ ...search, ...changed })
  return (
    <>
      <div className={styles['heading']}>
        <h2>Explanations</h2>
        {outputs.length > 1 && (
          <BareSelect label="Class" value={output} onChange={(event) => change({ output: event.target.value })}>
            {outputs.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </BareSelect>
        )}
      </div>
      {warnings.map((warning) => (
        <Notice key={warning}>{warning}</Notice>
      ))}
      <Grid least={440}>
        <ImportanceCard view={view} onColumn={(column) => change({ column })} />
        <SummaryCard columns={view.summary} place={place} told={told} space={found.space} />
        <DependenceCard curves={view.dependence} place={place} told={told} column={search.column} onColumn={(column) => change({ column })} />
        {view.slices.length > 0 && <SlicesCard slices={view.slices} />}
      </Grid>
      <Local
        {...props}
        order={view.importances.map(({ column }) => column)}
        dataset={found.dataset}
        row={row}
        typed={typed}
        output={search.output}
        named={(each) => namedOutput(each, props.target)}
        onRow={(picked) => onSearch({ ...rest, row: picked })}
        onType={(texts) => onSearch({ ...rest, typed: texts })}
      />
    </>
  )
}
