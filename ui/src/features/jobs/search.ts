/** What of the list of jobs is shown, as its address says. */
import type { Schema } from '@/api'

export type JobState = Schema['JobState']

export const STATES: readonly JobState[] = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'lost']

export interface JobsSearch {
  state?: JobState
  kind?: string
  mine?: boolean
}

export function jobsSearch(search: Record<string, unknown>): JobsSearch {
  const state = STATES.find((each) => each === search['state'])
  const kind = search['kind']
  return {
    ...(state && { state }),
    ...(typeof kind === 'string' && kind && { kind }),
    ...(search['mine'] === true && { mine: true }),
  }
}
