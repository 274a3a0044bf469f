export interface DeploymentSearch {
  /** How the row is written that is tried; a form by default. */
  mode?: 'json'
}

export function deploymentSearch(search: Record<string, unknown>): DeploymentSearch {
  return search['mode'] === 'json' ? { mode: 'json' } : {}
}
