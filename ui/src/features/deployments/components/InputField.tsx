import { SelectField, TextField } from '@/components'
import { metric } from '@/format'

import { controlOf, rangeOf, type Hint, type SignatureColumn } from '../inputs'

interface Props {
  column: SignatureColumn
  hint: Hint | undefined
  value: string
  onChange: (value: string) => void
}

/** The control that a column's type asks for; empty means missing. */
export function InputField({ column, hint, value, onChange }: Props) {
  const control = controlOf(column.type)
  const choices = control === 'boolean' ? ['true', 'false'] : control === 'text' ? hint?.choices : null
  if (choices) {
    const listed = value === '' || choices.includes(value) ? choices : [value, ...choices]
    return (
      <SelectField label={column.name} value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">missing</option>
        {listed.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </SelectField>
    )
  }
  const whole = column.type === 'integer' || column.type === 'long'
  return (
    <TextField
      label={column.name}
      value={value}
      type={control === 'number' ? 'number' : 'text'}
      step={whole ? 1 : 'any'}
      placeholder={column.required ? column.type : `${column.type}, may be missing`}
      hint={rangeOf(hint, metric)}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
