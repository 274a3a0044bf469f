import { address } from '@/api'
import { Card, Code, Grid } from '@/components'

import type { Row } from '../api'

/** The same rows from a shell and from Python, with this server's address. */
export function Snippets({ name, rows }: { name: string; rows: Row[] }) {
  const server = address('')
  // A quote in a value would end the shell's own.
  const body = JSON.stringify({ inputs: rows }).replaceAll("'", "'\\''")
  const curl = `curl ${server}/api/v1/deployments/${name}/predict \\
  -H "Authorization: Bearer $MAESTRO_API_KEY" -H "Content-Type: application/json" \\
  -d '${body}'`
  const python = `from maestro_ml import MaestroClient

ml = MaestroClient("${server}")  # and MAESTRO_API_KEY in the environment
answer = ml.deployments.predict(${JSON.stringify(name)}, ${inPython(rows)})
print(answer.predictions, answer.probabilities)`
  return (
    <Grid least={420}>
      <Card title="From a shell">
        <Code text={curl} />
      </Card>
      <Card title="From Python">
        <Code text={python} />
      </Card>
    </Grid>
  )
}

/** Rows as a Python literal. */
export function inPython(rows: Row[]): string {
  const literal = (value: unknown): string => {
    if (value === null || value === undefined) return 'None'
    if (typeof value === 'boolean') return value ? 'True' : 'False'
    return JSON.stringify(value)
  }
  const lines = rows.map((row) => `{${Object.entries(row).map(([key, value]) => `${JSON.stringify(key)}: ${literal(value)}`).join(', ')}}`)
  return lines.length === 1 ? `[${lines[0]}]` : `[\n    ${lines.join(',\n    ')},\n]`
}
