import type { Hint, SignatureColumn } from '../inputs'
import { InputField } from './InputField'
import styles from './try.module.css'

interface Props {
  inputs: SignatureColumn[]
  hints: Hint[]
  /** What is typed for each column. */
  texts: Record<string, string>
  onChange: (texts: Record<string, string>) => void
}

/** A row as a form: a control for each column that a model takes. */
export function InputFields({ inputs, hints, texts, onChange }: Props) {
  return (
    <div className={styles['inputs']}>
      {inputs.map((column) => (
        <InputField
          key={column.name}
          column={column}
          hint={hints.find((each) => each.name === column.name)}
          value={texts[column.name] ?? ''}
          onChange={(value) => onChange({ ...texts, [column.name]: value })}
        />
      ))}
    </div>
  )
}
