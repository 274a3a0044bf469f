import { Card } from '@/components'
import { count, percent } from '@/format'

import styles from './evaluation.module.css'

/** Rows of each class, and what they were taken for: shaded by their share of the class. */
export function ConfusionMatrix({ classes, counts }: { classes: string[]; counts: number[][] }) {
  const total = counts.flat().reduce((sum, value) => sum + value, 0)
  const right = counts.reduce((sum, row, index) => sum + (row[index] ?? 0), 0)
  return (
    <Card title="Confusion">
      <div className={styles['frame']}>
        <table className={styles['matrix']} aria-label="Confusion matrix: actual classes by predicted ones">
          <thead>
            <tr>
              <td aria-label="Actual class" />
              {classes.map((name) => (
                <th key={name} scope="col" title={name}>{name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {counts.map((row, index) => {
              const all = row.reduce((sum, value) => sum + value, 0)
              return (
                <tr key={classes[index]}>
                  <th scope="row" title={classes[index]}>{classes[index]}</th>
                  {row.map((value, column) => (
                    <td
                      key={classes[column]}
                      className={index === column ? styles['right'] : styles['wrong']}
                      style={{ '--strength': value / Math.max(all, 1) }}
                      title={`${count(value)} of ${count(all)} rows of ${classes[index]} were taken for ${classes[column]}`}
                    >
                      {count(value)}
                      {classes.length <= 6 && <small>{percent(value / Math.max(all, 1))}</small>}
                    </td>
                  ))}
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      <p className={styles['note']}>
        Rows are what was, columns what the model took it for; {percent(right / Math.max(total, 1), 1)} of {count(total)} are right.
      </p>
    </Card>
  )
}
