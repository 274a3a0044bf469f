/** Metrics of the machine, which the model's stand apart from. */
export const isSystem = (key: string): boolean => key.startsWith('system/')
