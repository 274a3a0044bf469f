/** What of an explanation is shown, in the address. */
export interface ExplainSearch {
  /** The class that is looked at. */
  output?: string
  /** The column whose dependence is shown. */
  column?: string
  /** The row of the data set that is explained. */
  row?: number
  /** The row that somebody typed: the texts that are not as the form had them at first. */
  typed?: Record<string, string>
}

export function explainSearch(search: Record<string, unknown>): ExplainSearch {
  const { output, column, row, typed } = search
  const picked = typeof row === 'number' && Number.isInteger(row) && row >= 0
  return {
    ...(typeof output === 'string' && { output }),
    ...(typeof column === 'string' && { column }),
    ...(picked && { row }),
    ...(!picked && isTexts(typed) && { typed }),
  }
}

function isTexts(value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every((each) => typeof each === 'string')
}
