/** What of an explanation is shown, in the address. */
export interface ExplainSearch {
  /** The class that is looked at. */
  output?: string
  /** The column whose dependence is shown. */
  column?: string
  /** The row of the data set that is explained. */
  row?: number
}

export function explainSearch(search: Record<string, unknown>): ExplainSearch {
  const { output, column, row } = search
  return {
    ...(typeof output === 'string' && { output }),
    ...(typeof column === 'string' && { column }),
    ...(typeof row === 'number' && Number.isInteger(row) && row >= 0 && { row }),
  }
}
