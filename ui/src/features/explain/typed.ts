/** A typed row in the address: only what is not as the form had it at first, so that it stays short. */
export function changedTexts(first: Record<string, string>, texts: Record<string, string>): Record<string, string> {
  const names = new Set([...Object.keys(first), ...Object.keys(texts)])
  return Object.fromEntries([...names].flatMap((name) => ((texts[name] ?? '') === (first[name] ?? '') ? [] : [[name, texts[name] ?? '']])))
}
