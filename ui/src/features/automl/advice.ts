/** What to do about a table that a search warns of. */

const ADVICE: [RegExp, string][] = [
  [/alone tells the target/, 'If it is known only afterwards, upload a version of the table without it and search again.'],
  [/was dropped/, 'There is nothing to do, unless it should matter: then give it values that differ and repeat.'],
  [/without a target/, 'They can be predicted once the model is deployed.'],
  [/have fewer than/, 'Collect more rows of them, or merge them with another class.'],
]

export function adviceFor(warning: string): string | null {
  return ADVICE.find(([pattern]) => pattern.test(warning))?.[1] ?? null
}
