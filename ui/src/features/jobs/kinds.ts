const NAMES: Record<string, string> = { 'automl.search': 'AutoML search', 'tracking.purge': 'Emptying the trash' }

/** A job's kind in words. */
export function kindName(kind: string): string {
  return NAMES[kind] ?? kind.replaceAll(/[._]/g, ' ')
}
