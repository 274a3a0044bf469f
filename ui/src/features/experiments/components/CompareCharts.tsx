import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'

import { EChart } from '@/charts'
import { BareSelect, Button, Card, Notice } from '@/components'
import { plural } from '@/format'

import type { Comparison } from '../api'
import { boxOption, contourOption, parallelOption, scatterOption } from '../options'
import { axesOf } from '../parallel'
import { boxesOf, fieldsOf, surfaceOf, type FieldValues } from '../points'
import type { CompareSearch } from '../search'
import styles from './compare.module.css'
import { Importance } from './Importance'

interface Props {
  comparison: Comparison
  search: CompareSearch
  onSearch: (part: Partial<CompareSearch>) => void
}

const CHARTS: [NonNullable<CompareSearch['chart']>, string][] = [
  ['parallel', 'Parallel coordinates'],
  ['scatter', 'Scatter'],
  ['contour', 'Contour'],
  ['box', 'Box plots'],
  ['importance', 'Importance of params'],
]

/** The runs as points, lines and boxes: what goes together with what. */
export function CompareCharts({ comparison, search, onSearch }: Props) {
  const chart = search.chart ?? 'parallel'
  const picker = (
    <div className={styles['kinds']} role="group" aria-label="Chart">
      {CHARTS.map(([kind, name]) => (
        <Button key={kind} small look={kind === chart ? 'primary' : 'plain'} aria-pressed={kind === chart} onClick={() => onSearch({ chart: kind })}>
          {name}
        </Button>
      ))}
    </div>
  )
  return (
    <Card title="Relations" actions={picker}>
      {chart === 'parallel' && <Parallel comparison={comparison} />}
      {chart === 'importance' && <Importance comparison={comparison} search={search} onSearch={onSearch} />}
      {chart !== 'parallel' && chart !== 'importance' && <Fields chart={chart} comparison={comparison} search={search} onSearch={onSearch} />}
    </Card>
  )
}

function Parallel({ comparison }: { comparison: Comparison }) {
  const navigate = useNavigate()
  const axes = useMemo(() => axesOf(comparison), [comparison])
  const option = useMemo(() => parallelOption(comparison, axes), [axes, comparison])
  const [active, setActive] = useState<number[] | null>(null)
  if (axes.length < 2) return <p>These runs differ in fewer than two params and metrics.</p>
  const chosen = active && active.length < comparison.runs.length ? active : null
  const runs = (chosen ?? []).flatMap((place) => comparison.runs[place]?.id ?? [])
  return (
    <>
      <EChart kind="parallel" label={`Parallel coordinates: ${axes.length} axes, ${plural(comparison.runs.length, 'run')}; the table above has the numbers`} option={option} height={340} onBrush={setActive} />
      <div className={styles['told']}>
        {chosen ? `${plural(chosen.length, 'run')} within the marks.` : 'Drag along an axis to mark a range; the runs outside it fade.'}
        {runs.length > 0 && (
          <Button small look="primary" onClick={() => void navigate({ to: '/compare', search: { runs } })}>
            Compare only these
          </Button>
        )}
      </div>
    </>
  )
}

interface FieldsProps extends Props {
  chart: 'scatter' | 'contour' | 'box'
}

/** The fields of a chart: as the address says, or the first that fit. */
function chosenOf(chart: FieldsProps['chart'], fields: FieldValues[], { along, up, by }: CompareSearch) {
  const numbers = fields.filter(({ numeric }) => numeric)
  const params = (among: FieldValues[]) => among.filter(({ id }) => id.startsWith('params.'))
  const metrics = numbers.filter(({ id }) => id.startsWith('metrics.'))
  const find = (id: string | undefined, among: FieldValues[], place: number) => fields.find((field) => field.id === id) ?? among[place] ?? among[0]
  if (chart === 'box') return { x: find(by, params(fields), 0), y: find(up, numbers, 0), z: undefined }
  if (chart === 'scatter') return { x: find(along, params(numbers).concat(numbers), 0), y: find(up, numbers, 0), z: fields.find(({ id }) => id === by) }
  return { x: find(along, params(numbers), 0), y: find(up, params(numbers), 1), z: find(by, metrics, 0) }
}

function optionOf(chart: FieldsProps['chart'], comparison: Comparison, { x, y, z }: ReturnType<typeof chosenOf>) {
  if (!x || !y) return null
  if (chart === 'scatter') return scatterOption(comparison, x, y, z)
  if (chart === 'box') return boxOption(boxesOf(y.values, x.values), y, x.label)
  const surface = z && surfaceOf(x.values, y.values, z.values)
  return surface ? contourOption(comparison, surface, x, y, z) : null
}

function Fields({ chart, comparison, search, onSearch }: FieldsProps) {
  const fields = useMemo(() => fieldsOf(comparison), [comparison])
  const chosen = useMemo(() => chosenOf(chart, fields, search), [chart, fields, search])
  const option = useMemo(() => optionOf(chart, comparison, chosen), [chart, chosen, comparison])
  const numeric = fields.filter((field) => field.numeric)
  const params = fields.filter(({ id }) => id.startsWith('params.'))
  const { x, y, z } = chosen
  const select = (label: string, field: FieldValues | undefined, among: FieldValues[], part: 'along' | 'up' | 'by', none = false) => (
    <label className={styles['select']}>
      {label}
      <BareSelect label={label} value={field?.id ?? ''} onChange={(event) => onSearch({ [part]: event.target.value || undefined })}>
        {none && <option value="">Nothing</option>}
        {among.map(({ id, label: name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </BareSelect>
    </label>
  )
  return (
    <>
      <div className={styles['selects']}>
        {chart === 'box' ? select('Groups', x, params, 'by') : select('Along', x, chart === 'scatter' ? fields : numeric, 'along')}
        {select('Up', y, numeric, 'up')}
        {chart === 'scatter' && select('Colour', z, fields, 'by', true)}
        {chart === 'contour' && select('Height', z, numeric, 'by')}
      </div>
      {option ? (
        <EChart kind="cartesian" label={`${chart} of ${y?.label ?? ''} and ${x?.label ?? ''} over ${plural(comparison.runs.length, 'run')}`} option={option} height={380} />
      ) : (
        <Notice>{chart === 'contour' ? 'A contour needs two numeric params and a metric in at least four of these runs.' : 'These runs have no two numbers to show.'}</Notice>
      )}
      {chart === 'contour' && option && <p className={styles['told']}>Between the runs the height is interpolated by inverse distance: a guide for the eye, not a model.</p>}
    </>
  )
}
