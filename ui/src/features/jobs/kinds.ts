const NAMES: Record<string, string> = { 'automl.search': 'AutoML search', 'explain.compute': 'Explanation', 'tracking.purge': 'Emptying the trash' }

/** The kinds that people may look for. */
export const KINDS: readonly string[] = Object.keys(NAMES)

/** A job's kind in words. */
export function kindName(kind: string): string {
  return NAMES[kind] ?? kind.replaceAll(/[._]/g, ' ')
}
