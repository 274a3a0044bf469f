import { SelectField } from '@/components'

const HINTS = {
  random: 'Right when rows have nothing to do with each other.',
  group: 'Rows of one patient, shop or machine are checked together, so that recognising it does not count.',
  time: 'Models are checked on rows that are later than what they learned from, as in use.',
}
const DATES = new Set(['date', 'datetime'])

export interface Split {
  group?: string
  time?: string
}

interface Props {
  columns: { name: string; type: string }[]
  split: Split
  wrong: string | null
  onChange: (split: Split) => void
}

/** Which rows check a model: any, those of other groups, or later ones. */
export function SplitFields({ columns, split, wrong, onChange }: Props) {
  const kind = split.group === undefined ? (split.time === undefined ? 'random' : 'time') : 'group'
  const likely = (wanted: 'group' | 'time') => (columns.find(({ type }) => DATES.has(type) === (wanted === 'time')) ?? columns[0])?.name ?? ''
  const choose = (wanted: string) => onChange(wanted === 'group' || wanted === 'time' ? { [wanted]: likely(wanted) } : {})
  return (
    <>
      <SelectField label="Check models on" value={kind} hint={HINTS[kind]} wrong={kind === 'random' ? wrong : null} onChange={({ target }) => choose(target.value)}>
        <option value="random">Rows held back at random</option>
        <option value="group">Groups they have not seen</option>
        <option value="time">Later rows</option>
      </SelectField>
      {kind !== 'random' && (
        <SelectField label={kind === 'group' ? 'Groups are in' : 'Time is in'} required value={split[kind] ?? ''} wrong={wrong} onChange={({ target }) => onChange({ [kind]: target.value })}>
          {columns.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </SelectField>
      )}
    </>
  )
}
