/** Tags as lines of text, and back. */
export type Tags = Record<string, string>

export function writeTags(tags: Tags): string {
  return Object.entries(tags).map(([key, value]) => `${key}=${value}`).join('\n')
}

/** `wrong` names the first line that is no tag. */
export function readTags(lines: string): { tags: Tags; wrong: string | null } {
  const tags: Tags = {}
  for (const line of lines.split('\n').map((each) => each.trim()).filter(Boolean)) {
    const at = line.indexOf('=')
    if (at < 1) return { tags, wrong: `“${line}” is no tag. Write it as key=value.` }
    tags[line.slice(0, at).trim()] = line.slice(at + 1).trim()
  }
  return { tags, wrong: null }
}
