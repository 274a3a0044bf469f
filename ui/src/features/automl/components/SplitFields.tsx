import { useState } from 'react'

import { SelectField } from '@/components'

const HINTS = {
  random: 'Right when rows have nothing to do with each other.',
  group: 'Rows of one patient, shop or machine are checked together, so that recognising it does not count.',
  time: 'Models are checked on rows that are later than what they learned from, as in use.',
}
const DATES = new Set(['date', 'datetime'])

/** Which rows check a model; the form gets `group_column`, `time_column` or neither. */
export function SplitFields({ columns }: { columns: { name: string; type: string }[] }) {
  const [split, setSplit] = useState<keyof typeof HINTS>('random')
  const likely = columns.find(({ type }) => DATES.has(type) === (split === 'time'))?.name
  return (
    <>
      <SelectField label="Check models on" value={split} hint={HINTS[split]} onChange={({ target }) => setSplit(target.value as keyof typeof HINTS)}>
        <option value="random">Rows held back at random</option>
        <option value="group">Groups they have not seen</option>
        <option value="time">Later rows</option>
      </SelectField>
      {split !== 'random' && (
        <SelectField key={split} label={split === 'group' ? 'Groups are in' : 'Time is in'} name={`${split}_column`} required defaultValue={likely}>
          {columns.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </SelectField>
      )}
    </>
  )
}
